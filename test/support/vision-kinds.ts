import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGraph } from '../../src/formats/onnx-graph.ts';
import { byteTokenizer, decoder, vocabularySize, weights, width, writeVisionModel } from './vision-model.ts';

const patch = 14;
const merge = 2;
const common = {
  do_resize: true,
  do_rescale: true,
  do_normalize: true,
  rescale_factor: 1 / 255,
  image_mean: [0.5, 0.5, 0.5],
  image_std: [0.5, 0.5, 0.5],
  resample: 2,
};
const text = {
  model_type: 'llama',
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 2,
  hidden_size: width,
  head_dim: width / 2,
  max_position_embeddings: 512,
};

/** Tiny models whose graphs are fed otherwise than LLaVA's, by `model_type`. Each writes into a folder. */
export const visionKinds: Record<string, (folder: string) => Promise<void>> = {
  smolvlm: async (folder) => {
    const graph = createGraph();
    const tiles = graph.input('pixel_values', 'FLOAT', ['batch_size', 'tiles', 3, 28, 28]);
    graph.input('pixel_attention_mask', 'BOOL', ['batch_size', 'tiles', 28, 28]);
    const pixels = graph.reshape(tiles, [-1, 3, 28, 28]);
    const patches = graph.node('Conv', [pixels, weights(graph, 1, [width, 3, patch, patch], 0.5)], {
      strides: [patch, patch],
      kernel_shape: [patch, patch],
    });
    graph.output('image_features', graph.transpose(graph.reshape(patches, [0, width, -1]), [0, 2, 1]), 'FLOAT', ['tiles', 4, width]);
    await write(folder, {
      config: {
        architectures: ['SmolVLMForConditionalGeneration'],
        model_type: 'smolvlm',
        image_token_id: 259,
        text_config: text,
        vision_config: {},
      },
      preprocessor: {
        ...common,
        processor_class: 'SmolVLMProcessor',
        image_processor_type: 'SmolVLMImageProcessor',
        do_image_splitting: true,
        size: { longest_edge: 56 },
        max_image_size: { longest_edge: 28 },
      },
      processor: { image_seq_len: 4 },
      tokens: ['<s>', '</s>', '<pad>', '<image>'],
      graphs: { vision_encoder: graph.finish() },
    });
  },
  qwen2_vl: async (folder) => {
    const graph = createGraph();
    const size = 3 * 2 * patch * patch;
    const patches = graph.input('pixel_values', 'FLOAT', ['patches', size]);
    graph.input('grid_thw', 'INT64', ['images', 3]);
    const rows = graph.reshape(graph.matMul(patches, weights(graph, 1, [size, width], 0.1)), [-1, merge * merge * width]);
    graph.output('image_features', graph.matMul(rows, weights(graph, 7, [merge * merge * width, width], 0.1)), 'FLOAT', ['tokens', width]);
    await write(folder, {
      config: {
        ...text,
        architectures: ['Qwen2VLForConditionalGeneration'],
        model_type: 'qwen2_vl',
        vision_start_token_id: 258,
        image_token_id: 259,
        video_token_id: 300,
        vision_config: { spatial_merge_size: merge },
      },
      preprocessor: {
        ...common,
        processor_class: 'Qwen2VLProcessor',
        image_processor_type: 'Qwen2VLImageProcessor',
        patch_size: patch,
        merge_size: merge,
        temporal_patch_size: 2,
        min_pixels: 56 * 56,
        max_pixels: 28 * 28 * 16,
      },
      tokens: ['<s>', '</s>', '<|vision_start|>', '<|image_pad|>'],
      mark: '<|vision_start|><|image_pad|><|vision_end|>',
      graphs: { vision_encoder: graph.finish(), decoder_model_merged: decoder({ hasAxes: true }) },
    });
  },
  florence2: async (folder) => {
    const encoder = createGraph();
    const read = encoder.input('inputs_embeds', 'FLOAT', ['batch_size', 'read', width]);
    encoder.input('attention_mask', 'INT64', ['batch_size', 'read']);
    encoder.output('last_hidden_state', encoder.node('Tanh', [read]), 'FLOAT', ['batch_size', 'read', width]);
    // It looks at nothing but the last token and the first place that was read.
    const graph = createGraph();
    const last = graph.input('inputs_embeds', 'FLOAT', ['batch_size', 'sequence', width]);
    const seen = graph.input('encoder_hidden_states', 'FLOAT', ['batch_size', 'read', width]);
    graph.input('encoder_attention_mask', 'INT64', ['batch_size', 'read']);
    const first = graph.node('Slice', [seen, graph.integers([0]), graph.integers([1]), graph.integers([1])]);
    const hidden = graph.add(last, first);
    const odds = graph.matMul(hidden, weights(graph, 4, [width, vocabularySize], 0.5));
    const bias = Array.from({ length: vocabularySize }, (_, token) => (token >= 97 && token <= 122 ? 0 : -60));
    graph.output('logits', graph.add(odds, graph.float(bias)), 'FLOAT', ['batch_size', 'sequence', vocabularySize]);
    await write(folder, {
      config: {
        architectures: ['Florence2ForConditionalGeneration'],
        model_type: 'florence2',
        is_encoder_decoder: true,
        text_config: {
          model_type: 'florence2_language',
          decoder_layers: 1,
          decoder_attention_heads: 2,
          encoder_layers: 1,
          encoder_attention_heads: 2,
          d_model: width,
          max_position_embeddings: 512,
        },
        vision_config: {},
      },
      generation: { decoder_start_token_id: 257, eos_token_id: 257, bos_token_id: 256 },
      preprocessor: {
        ...common,
        processor_class: 'Florence2Processor',
        image_processor_type: 'CLIPImageProcessor',
        size: { height: 28, width: 28 },
        image_seq_length: 4,
        task_prompts_without_inputs: { '<CAPTION>': 'What does the image describe?' },
        task_prompts_with_input: {},
      },
      tokens: ['<s>', '</s>', '<pad>', '<loc_0>'],
      template: null,
      graphs: { encoder_model: encoder.finish(), decoder_model_merged: graph.finish() },
    });
  },
};

interface Kind {
  config: object;
  generation?: object;
  preprocessor: object;
  processor?: object;
  tokens: string[];
  template?: null;
  /** What a template writes for an image. */
  mark?: string;
  graphs: Record<string, Uint8Array>;
}

/** Everything that is not said is the tiny LLaVA's. */
async function write(
  folder: string,
  { config, generation, preprocessor, processor = {}, tokens, template, mark = '<image>', graphs }: Kind,
): Promise<void> {
  await writeVisionModel(folder, { template: template === null ? null : partsTemplate(mark) });
  const files = {
    config,
    preprocessor_config: preprocessor,
    processor_config: processor,
    tokenizer: byteTokenizer(tokens),
    ...(generation ? { generation_config: generation } : {}),
  };
  for (const [name, value] of Object.entries(files)) await writeFile(join(folder, `${name}.json`), JSON.stringify(value));
  for (const [name, bytes] of Object.entries(graphs)) await writeFile(join(folder, 'onnx', `${name}.onnx`), bytes);
}

/** As Qwen's: what is said is a text, or parts. */
function partsTemplate(mark: string): string {
  return (
    "{% for message in messages %}{{ message['role'] }}: {% if message['content'] is string %}{{ message['content'] }}{% else %}" +
    `{% for part in message['content'] %}{% if part['type'] == 'image' %}${mark}{% else %}{{ part['text'] }}{% endif %}{% endfor %}` +
    '{% endif %}\n{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}'
  );
}
