import { chainModel, chatTemplate, tokenizerMetadata } from '../../src/demo/chain-model.ts';
import { pieceVocabulary } from '../../src/demo/piece-vocabulary.ts';
import { quickFoxPieces } from '../../src/demo/quick-fox.ts';
import type { WritableType } from '../../src/formats/gguf/ggml-types.ts';
import type { GgufTensorSource, GgufToWrite } from '../../src/formats/gguf/gguf-writer.ts';
import { f32, text, u32 } from '../../src/formats/gguf/metadata-values.ts';
import { evenTensor, randomTensor } from './gguf-random-tensor.ts';
import { bytePairVocabulary } from './gguf-vocabularies.ts';

/** Says "the quick brown fox jumps over lazy dog" to whatever it is asked, and ends. */
export function foxModel(options: { type?: WritableType; contextLength?: number } = {}): GgufToWrite {
  return chainModel({ name: 'fox', pieces: quickFoxPieces, after: 'END', ...options });
}

/** Says the sentence without end, so that a test decides when it stops. `pieces` may be bytes such as `<0xF0>`. */
export function endlessModel({
  pieces = quickFoxPieces,
  ...options
}: {
  pieces?: readonly string[];
  type?: WritableType;
  contextLength?: number;
} = {}): GgufToWrite {
  return chainModel({ name: 'endless', pieces, after: 'AGAIN', ...options });
}

/** Shape of a random model; the default is as small as llama.cpp's kinds of cache allow. */
export interface RandomLlamaOptions {
  /** Default `llama`; the qwens have NEOX rotary positions and biases or norms of their own. */
  architecture?: 'llama' | 'qwen2' | 'qwen3';
  width?: number;
  layers?: number;
  heads?: number;
  /** Heads of keys and values, fewer where they are shared. */
  kvHeads?: number;
  headWidth?: number;
  feedForward?: number;
  contextLength?: number;
  vocabulary?: { kind: 'SPM' | 'BPE'; size: number };
  /** How matrices are stored. */
  type?: WritableType;
  /** Whether the output is the embedding's table. */
  tied?: boolean;
  /** Null for none. */
  template?: string | null;
  seed?: number;
}

/** SmolLM2's 135M: for measurements. */
export const smol135m: RandomLlamaOptions = {
  width: 576,
  layers: 30,
  heads: 9,
  kvHeads: 3,
  headWidth: 64,
  feedForward: 1536,
  contextLength: 8192,
  vocabulary: { kind: 'BPE', size: 49152 },
  type: 'Q8_0',
  tied: true,
};

/** A model of random weights: what it says is nonsense, and always the same. Equal options give equal bytes. */
export function randomLlama(options: RandomLlamaOptions = {}): GgufToWrite {
  const { architecture = 'llama', contextLength = 512, type = 'F32', tied = false, template = chatTemplate, seed = 1 } = options;
  const { width, layers, heads, kvHeads, headWidth, feedForward, vocabulary } = shapeOf(options);
  const spm = vocabulary.kind === 'SPM' ? pieceVocabulary(quickFoxPieces, { size: vocabulary.size }) : null;
  const matrix = (name: string, rows: number, columns: number, gain = 1) =>
    randomTensor(`${name}.weight`, [rows, columns], { type, seed, scale: gain * Math.sqrt(3 / columns) });
  const block = (index: number): GgufTensorSource[] => {
    const at = (part: string) => `blk.${index}.${part}`;
    const bias = (part: string, rows: number) => randomTensor(at(`${part}.bias`), [rows], { scale: 0.3, seed });
    return [
      evenTensor(at('attn_norm.weight'), [width], 1),
      matrix(at('attn_q'), heads * headWidth, width),
      matrix(at('attn_k'), kvHeads * headWidth, width),
      matrix(at('attn_v'), kvHeads * headWidth, width),
      matrix(at('attn_output'), width, heads * headWidth),
      ...(architecture === 'qwen2'
        ? [bias('attn_q', heads * headWidth), bias('attn_k', kvHeads * headWidth), bias('attn_v', kvHeads * headWidth)]
        : []),
      ...(architecture === 'qwen3' ? ['attn_q_norm', 'attn_k_norm'].map((part) => evenTensor(at(`${part}.weight`), [headWidth], 1)) : []),
      evenTensor(at('ffn_norm.weight'), [width], 1),
      matrix(at('ffn_gate'), feedForward, width),
      matrix(at('ffn_up'), feedForward, width),
      matrix(at('ffn_down'), width, feedForward),
    ];
  };
  return {
    metadata: [
      ['general.architecture', text(architecture)],
      ['general.name', text('random')],
      ['general.file_type', u32({ F32: 0, F16: 1, Q8_0: 7, BF16: 32 }[type])],
      [`${architecture}.context_length`, u32(contextLength)],
      [`${architecture}.embedding_length`, u32(width)],
      [`${architecture}.block_count`, u32(layers)],
      [`${architecture}.feed_forward_length`, u32(feedForward)],
      [`${architecture}.attention.head_count`, u32(heads)],
      [`${architecture}.attention.head_count_kv`, u32(kvHeads)],
      [`${architecture}.attention.key_length`, u32(headWidth)],
      [`${architecture}.attention.value_length`, u32(headWidth)],
      [`${architecture}.attention.layer_norm_rms_epsilon`, f32(1e-5)],
      [`${architecture}.rope.dimension_count`, u32(headWidth)],
      [`${architecture}.rope.freq_base`, f32(10000)],
      [`${architecture}.vocab_size`, u32(vocabulary.size)],
      ...(spm ? tokenizerMetadata(spm) : bytePairVocabulary(vocabulary).metadata),
      ...(template === null ? [] : ([['tokenizer.chat_template', text(template)]] as const)),
    ],
    tensors: [
      randomTensor('token_embd.weight', [vocabulary.size, width], { type, seed, scale: tied ? 3 * Math.sqrt(3 / width) : 1 }),
      ...Array.from({ length: layers }, (_, index) => block(index)).flat(),
      evenTensor('output_norm.weight', [width], 1),
      ...(tied ? [] : [matrix('output', vocabulary.size, width, 3)]),
    ],
  };
}

/** A LoRA adapter of random weights for `randomLlama` of the same options. */
export function randomLora(options: RandomLlamaOptions & { rank?: number; alpha?: number; adapterSeed?: number } = {}): GgufToWrite {
  const { architecture = 'llama', rank = 4, alpha = 8, adapterSeed = 7 } = options;
  const { width, layers, heads, kvHeads, headWidth, feedForward } = shapeOf(options);
  const pair = (target: string, outputs: number, inputs: number) => [
    randomTensor(`${target}.weight.lora_a`, [rank, inputs], { scale: Math.sqrt(3 / inputs), seed: adapterSeed }),
    randomTensor(`${target}.weight.lora_b`, [outputs, rank], { scale: Math.sqrt(3 / rank), seed: adapterSeed }),
  ];
  const block = (index: number) => [
    ...pair(`blk.${index}.attn_q`, heads * headWidth, width),
    ...pair(`blk.${index}.attn_v`, kvHeads * headWidth, width),
    ...pair(`blk.${index}.ffn_down`, width, feedForward),
  ];
  return {
    metadata: [
      ['general.type', text('adapter')],
      ['general.architecture', text(architecture)],
      ['general.name', text('random-lora')],
      ['adapter.type', text('lora')],
      ['adapter.lora.alpha', f32(alpha)],
    ],
    tensors: Array.from({ length: layers }, (_, index) => block(index)).flat(),
  };
}

function shapeOf({
  width = 64,
  layers = 2,
  heads = 2,
  kvHeads = heads,
  headWidth,
  feedForward = 2 * width,
  vocabulary,
}: RandomLlamaOptions) {
  const shape = { width, layers, heads, kvHeads, feedForward, headWidth: headWidth ?? width / heads };
  return { ...shape, vocabulary: vocabulary ?? { kind: 'SPM' as const, size: 512 } };
}
