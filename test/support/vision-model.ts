import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { byteCharacters } from '../../src/formats/gguf/byte-characters.ts';
import { createGraph, type GraphBuilder } from '../../src/formats/onnx-graph.ts';
import type { Value } from '../../src/formats/onnx-types.ts';

/** How a tiny LLaVA differs from the usual one. */
export interface VisionModelOptions {
  /** Rows of a square matrix that is multiplied with itself on each run, to no effect: makes a graph slow. */
  readonly slowVision?: number;
  readonly slowDecoder?: number;
  /** Null for a model without one. */
  readonly template?: string | null;
  readonly contextLength?: number;
  /** Added to the odds of the token that ends an answer. */
  readonly endBias?: number;
  /** What the odds of all tokens are multiplied with: where it is much, only the likeliest is ever drawn. */
  readonly sharpness?: number;
  /** How many tokens the odds are told of; those beyond the tokenizer's own are never the likeliest. */
  readonly oddsOf?: number;
  /** Whether a position has three parts, as Qwen's have. */
  readonly hasAxes?: boolean;
}

const imageEdge = 28;
const patch = 14;
export const width = 32;
const heads = 2;
const headWidth = width / heads;
const layers = 2;
const specials = ['<s>', '</s>', '<pad>', '<image>'];
const bytes = 256;
export const vocabularySize = bytes + specials.length;
const tokensPerImage = (imageEdge / patch) ** 2;
const [bos, eos, pad, image] = [bytes, bytes + 1, bytes + 2, bytes + 3];

/** As LLaVA's own: a message is a list of parts. */
const llavaTemplate =
  "{{ bos_token }}{% for message in messages %}{{ message['role'] | upper }}: " +
  "{% for part in message['content'] | selectattr('type', 'equalto', 'image') %}{{ '<image>\\n' }}{% endfor %}" +
  "{% for part in message['content'] | selectattr('type', 'equalto', 'text') %}{{ part['text'] + ' ' }}{% endfor %}{% endfor %}" +
  '{% if add_generation_prompt %}ASSISTANT:{% endif %}';

/** Writes a tiny LLaVA (random weights, two layers, a vocabulary of bytes) as transformers.js wants it; its graphs have some 130 KB. */
export async function writeVisionModel(folder: string, options: VisionModelOptions = {}): Promise<void> {
  const { template = llavaTemplate, contextLength = 512 } = options;
  await mkdir(join(folder, 'onnx'), { recursive: true });
  const json = (name: string, value: unknown) => writeFile(join(folder, name), JSON.stringify(value));
  const graph = (name: string, written: Uint8Array) => writeFile(join(folder, 'onnx', `${name}.onnx`), written);
  await json('config.json', {
    architectures: ['LlavaForConditionalGeneration'],
    model_type: 'llava',
    image_token_index: image,
    text_config: {
      model_type: 'llama',
      num_hidden_layers: layers,
      num_attention_heads: heads,
      num_key_value_heads: heads,
      hidden_size: width,
      head_dim: headWidth,
      vocab_size: vocabularySize,
      max_position_embeddings: contextLength,
    },
    vision_config: { model_type: 'clip_vision_model', image_size: imageEdge, patch_size: patch },
  });
  await json('generation_config.json', { bos_token_id: bos, eos_token_id: eos, pad_token_id: pad });
  await json('preprocessor_config.json', {
    processor_class: 'LlavaProcessor',
    image_processor_type: 'CLIPImageProcessor',
    do_resize: true,
    size: { shortest_edge: imageEdge },
    do_center_crop: true,
    crop_size: { height: imageEdge, width: imageEdge },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.5, 0.5, 0.5],
    do_convert_rgb: true,
    resample: 3,
  });
  await json('processor_config.json', {
    processor_class: 'LlavaProcessor',
    image_token: '<image>',
    patch_size: patch,
    num_additional_image_tokens: 0,
  });
  await json('tokenizer_config.json', {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: '<s>',
    eos_token: '</s>',
    pad_token: '<pad>',
    ...(template === null ? {} : { chat_template: template }),
  });
  await json('tokenizer.json', byteTokenizer(specials));
  await graph('vision_encoder', visionEncoder(options.slowVision));
  await graph('embed_tokens', embedTokens());
  await graph('decoder_model_merged', decoder(options));
}

/** A tokenizer.json whose tokens are bytes, and then these; the first of them begins a text. */
export function byteTokenizer(added: readonly string[]): object {
  const [first = ''] = added;
  return {
    version: '1.0',
    added_tokens: added.map((content, index) => ({
      id: bytes + index,
      content,
      special: true,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: first, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
      special_tokens: { [first]: { id: first, ids: [bos], tokens: [first] } },
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { type: 'BPE', vocab: Object.fromEntries(byteCharacters.map((character, byte) => [character, byte])), merges: [] },
  };
}

/** The same numbers for the same seed, about evenly spread around 0. */
function numbers(seed: number, count: number, scale: number): number[] {
  let state = (seed * 2654435761) >>> 0 || 1;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.fround((state / 2 ** 31 - 1) * scale);
  });
}

export function weights(graph: GraphBuilder, seed: number, shape: readonly number[], scale: number): Value {
  const count = shape.reduce((product, size) => product * size, 1);
  return graph.reshape(graph.float(numbers(seed, count, scale)), shape);
}

/** Weights that take no place in the file: the runtime computes them when it opens it. */
function wave(graph: GraphBuilder, [rows, columns]: readonly [number, number]): Value {
  const places = graph.node('Range', [graph.integers(0), graph.integers(rows * columns), graph.integers(1)]);
  return graph.reshape(graph.node('Sin', [graph.cast(places, 'FLOAT')]), [rows, columns]);
}

/** What the value is, after a product of two matrices of `rows` rows that adds nothing. */
function slowed(graph: GraphBuilder, value: Value, rows = 0): Value {
  if (rows === 0) return value;
  const flat = graph.reshape(value, [-1]);
  const nothing = graph.multiply(graph.gather(flat, graph.integers([0])), graph.float(0));
  const square = graph.node('Expand', [nothing, graph.integers([rows, rows])]);
  const product = graph.matMul(square, square);
  return graph.add(value, graph.reduceSum(product, [0, 1], { keepDimensions: false }));
}

function visionEncoder(slow?: number): Uint8Array {
  const graph = createGraph();
  const pixels = graph.input('pixel_values', 'FLOAT', ['batch_size', 3, imageEdge, imageEdge]);
  const kernel = weights(graph, 1, [width, 3, patch, patch], 0.5);
  const patches = graph.node('Conv', [slowed(graph, pixels, slow), kernel], { strides: [patch, patch], kernel_shape: [patch, patch] });
  const rows = graph.transpose(graph.reshape(patches, [0, width, -1]), [0, 2, 1]);
  graph.output('image_features', rows, 'FLOAT', ['batch_size', tokensPerImage, width]);
  return graph.finish();
}

const embeddingSeed = 2;

function embedTokens(): Uint8Array {
  const graph = createGraph();
  const ids = graph.input('input_ids', 'INT64', ['batch_size', 'sequence']);
  const rows = graph.gather(weights(graph, embeddingSeed, [vocabularySize, width], 1), ids);
  graph.output('inputs_embeds', rows, 'FLOAT', ['batch_size', 'sequence', width]);
  return graph.finish();
}

export function decoder({
  slowDecoder,
  endBias = -2,
  sharpness = 1,
  oddsOf = vocabularySize,
  hasAxes = false,
}: VisionModelOptions): Uint8Array {
  const graph = createGraph();
  const embeds = graph.input('inputs_embeds', 'FLOAT', ['batch_size', 'sequence', width]);
  graph.input('attention_mask', 'INT64', ['batch_size', 'total']);
  const given = graph.input('position_ids', 'INT64', hasAxes ? [3, 'batch_size', 'sequence'] : ['batch_size', 'sequence']);
  const positions = hasAxes ? graph.node('ReduceSum', [given, graph.integers([0])], { keepdims: 0 }) : given;
  const angles = graph.multiply(graph.unsqueeze(graph.cast(positions, 'FLOAT'), [2]), graph.float(numbers(3, width, 2)));
  let hidden = graph.add(slowed(graph, embeds, slowDecoder), graph.node('Sin', [angles]));
  for (let layer = 0; layer < layers; layer += 1) hidden = attend(graph, hidden, layer);
  const table = weights(graph, 4, [width, vocabularySize], 0.5);
  const logits = graph.matMul(
    hidden,
    oddsOf === vocabularySize ? table : graph.concat([table, wave(graph, [width, oddsOf - vocabularySize])], 1),
  );
  // Letters and spaces, so that whatever is written can be read.
  const isLetter = (token: number) => (token >= 97 && token <= 122) || token === 32;
  const bias = Array.from({ length: oddsOf }, (_, token) => (token === eos ? endBias : isLetter(token) ? 0 : -60));
  const odds = graph.multiply(graph.add(logits, graph.float(bias)), graph.float(sharpness));
  graph.output('logits', odds, 'FLOAT', ['batch_size', 'sequence', oddsOf]);
  return graph.finish();
}

function attend(graph: GraphBuilder, hidden: Value, layer: number): Value {
  const normal = graph.node('Tanh', [hidden]);
  const seed = 10 + layer * 10;
  const split = (offset: number) =>
    graph.transpose(
      graph.reshape(graph.matMul(normal, weights(graph, seed + offset, [width, width], 0.35)), [0, 0, heads, headWidth]),
      [0, 2, 1, 3],
    );
  const cached = (name: string, now: Value) => {
    const shape = ['batch_size', heads, 'past', headWidth] as const;
    const past = graph.input(`past_key_values.${layer}.${name}`, 'FLOAT', shape);
    const all = graph.concat([past, now], 2);
    graph.output(`present.${layer}.${name}`, all, 'FLOAT', ['batch_size', heads, 'total', headWidth]);
    return { past, all };
  };
  const query = split(1);
  const key = cached('key', split(2));
  const value = cached('value', split(3));
  const scores = graph.divide(graph.matMul(query, graph.transpose(key.all, [0, 1, 3, 2])), graph.float(Math.sqrt(headWidth)));
  const sizeOf = (of: Value) => graph.node('Squeeze', [graph.gather(graph.node('Shape', [of]), graph.integers([2]))]);
  const one = graph.integers(1);
  const total = sizeOf(key.all);
  const columns = graph.unsqueeze(graph.node('Range', [graph.integers(0), total, one]), [0]);
  const rows = graph.unsqueeze(graph.node('Range', [sizeOf(key.past), total, one]), [1]);
  const isLater = graph.node('Greater', [columns, rows]);
  const masked = graph.add(scores, graph.multiply(graph.cast(isLater, 'FLOAT'), graph.float(-1e9)));
  const seen = graph.transpose(graph.matMul(graph.softmax(masked, 3), value.all), [0, 2, 1, 3]);
  const merged = graph.matMul(graph.reshape(seen, [0, 0, width]), weights(graph, seed + 4, [width, width], 0.5));
  return graph.add(hidden, merged);
}
