import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeValues } from '../../src/formats/gguf/encode-values.ts';
import type { GgufTensorSource, GgufToWrite } from '../../src/formats/gguf/gguf-writer.ts';
import { bool, f32, i32s, text, texts, u32 } from '../../src/formats/gguf/metadata-values.ts';
import { readSafetensors } from '../../src/formats/safetensors.ts';

const names: readonly (readonly [ours: RegExp, theirs: string])[] = [
  [/^embeddings\.word_embeddings\./, 'token_embd.'],
  [/^embeddings\.position_embeddings\./, 'position_embd.'],
  [/^embeddings\.token_type_embeddings\./, 'token_types.'],
  [/^embeddings\.LayerNorm\./, 'token_embd_norm.'],
  [/^encoder\.layer\.(\d+)\.attention\.self\.query\./, 'blk.$1.attn_q.'],
  [/^encoder\.layer\.(\d+)\.attention\.self\.key\./, 'blk.$1.attn_k.'],
  [/^encoder\.layer\.(\d+)\.attention\.self\.value\./, 'blk.$1.attn_v.'],
  [/^encoder\.layer\.(\d+)\.attention\.output\.dense\./, 'blk.$1.attn_output.'],
  [/^encoder\.layer\.(\d+)\.attention\.output\.LayerNorm\./, 'blk.$1.attn_output_norm.'],
  [/^encoder\.layer\.(\d+)\.intermediate\.dense\./, 'blk.$1.ffn_up.'],
  [/^encoder\.layer\.(\d+)\.output\.dense\./, 'blk.$1.ffn_down.'],
  [/^encoder\.layer\.(\d+)\.output\.LayerNorm\./, 'blk.$1.layer_output_norm.'],
];

const rerankNames: typeof names = [
  [/^pooler\.dense\./, 'cls.'],
  [/^classifier\./, 'cls.output.'],
];

const poolingTypes = { NONE: 0, MEAN: 1, CLS: 2, RANK: 4 } as const;

/**
 * A BERT checkpoint in safetensors, F32, as a GGUF of the same weights, so that its vectors can be held against the reference's.
 * With RANK it is a cross-encoder with one label; llama.cpp gives every token the first token type.
 */
export async function bertGguf(folder: string, { pooling }: { pooling: keyof typeof poolingTypes }): Promise<GgufToWrite> {
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as Record<string, number>;
  const vocabulary = readFileSync(join(folder, 'vocab.txt'), 'utf8').replace(/\n$/, '').split('\n');
  const idOf = (token: string) => u32(vocabulary.indexOf(token));
  const isControl = (token: string) => /^\[(PAD|UNK|CLS|SEP|MASK)\]$/.test(token);
  return {
    metadata: [
      ['general.architecture', text('bert')],
      ['general.name', text('bert')],
      ['general.file_type', u32(0)],
      ['bert.context_length', u32(config.max_position_embeddings ?? 0)],
      ['bert.embedding_length', u32(config.hidden_size ?? 0)],
      ['bert.feed_forward_length', u32(config.intermediate_size ?? 0)],
      ['bert.block_count', u32(config.num_hidden_layers ?? 0)],
      ['bert.attention.head_count', u32(config.num_attention_heads ?? 0)],
      ['bert.attention.layer_norm_epsilon', f32(config.layer_norm_eps ?? 0)],
      ['bert.attention.causal', bool(false)],
      ['bert.pooling_type', u32(poolingTypes[pooling])],
      ['tokenizer.ggml.model', text('bert')],
      ['tokenizer.ggml.pre', text('default')],
      ['tokenizer.ggml.token_type_count', u32(config.type_vocab_size ?? 1)],
      ['tokenizer.ggml.tokens', texts(vocabulary.map((token) => (isControl(token) ? token : phantomSpace(token))))],
      ['tokenizer.ggml.token_type', i32s(vocabulary.map((token) => (isControl(token) ? 3 : 1)))],
      ['tokenizer.ggml.bos_token_id', idOf('[CLS]')],
      ['tokenizer.ggml.unknown_token_id', idOf('[UNK]')],
      ['tokenizer.ggml.seperator_token_id', idOf('[SEP]')],
      ['tokenizer.ggml.padding_token_id', idOf('[PAD]')],
      ['tokenizer.ggml.mask_token_id', idOf('[MASK]')],
    ],
    tensors: await readTensors(folder, pooling === 'RANK' ? [...names, ...rerankNames] : names),
  };
}

async function readTensors(folder: string, table: typeof names): Promise<GgufTensorSource[]> {
  const bytes = readFileSync(join(folder, 'model.safetensors'));
  const tensors = await readSafetensors(folder, 'model.safetensors');
  return tensors.flatMap(({ name, shape, offset, length }): GgufTensorSource[] => {
    const bare = name.replace(/^bert\./, '');
    const found = table.find(([pattern]) => pattern.test(bare));
    if (!found) return [];
    const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + length));
    return [{ name: bare.replace(...found), type: 'F32', shape, data: () => [encodeValues('F32', values)] }];
  });
}

/** WordPiece as llama.cpp wants it: the mark is on what begins a word. */
function phantomSpace(token: string): string {
  return token.startsWith('##') ? token.slice(2) : `▁${token}`;
}
