import { encodeValues } from '../formats/gguf/encode-values.ts';
import type { WritableType } from '../formats/gguf/ggml-types.ts';
import type { GgufToWrite } from '../formats/gguf/gguf-writer.ts';
import { bool, f32, f32s, type GgufValue, i32s, text, texts, u32 } from '../formats/gguf/metadata-values.ts';
import { type PieceVocabulary, pieceVocabulary } from './piece-vocabulary.ts';
import { wordVector } from './word-vectors.ts';

export interface ChainOptions {
  /** The pieces that it says, one after the other, each once; `▁` begins a word, `<0x0A>` is a byte. */
  pieces: readonly string[];
  name: string;
  /** END: the last piece is followed by the end. AGAIN: by the second, so that it speaks until it is stopped. */
  after: 'END' | 'AGAIN';
  contextLength?: number;
  /** How matrices are stored. */
  type?: WritableType;
}

const width = 64;
const feedForward = 64;
const heads = 2;

/** ChatML, as most of today's models are asked. */
export const chatTemplate =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/**
 * A llama that says `pieces` whatever it is asked: attention and feed-forward add nothing, so that only the last token counts,
 * and each token's vector points at the token that follows it. A prompt that ends with one of the pieces is continued there;
 * after anything else it begins with the first. Equal options give equal bytes.
 */
export function chainModel({ pieces, name, after, contextLength = 512, type = 'F32' }: ChainOptions): GgufToWrite {
  const vocabulary = pieceVocabulary(pieces);
  const { embedding, output } = chainMatrices(vocabulary, pieces, after);
  const zeros = (rows: number, columns = width) => new Float32Array(rows * columns);
  const norm = new Float32Array(width).fill(1);
  const matrix = (tensor: string, rows: number, values: Float32Array) => source(tensor, type, [rows, values.length / rows], values);
  return {
    metadata: [
      ['general.architecture', text('llama')],
      ['general.name', text(name)],
      ['general.license', text('apache-2.0')],
      ['general.file_type', u32({ F32: 0, F16: 1, Q8_0: 7, BF16: 32 }[type])],
      ['llama.context_length', u32(contextLength)],
      ['llama.embedding_length', u32(width)],
      ['llama.block_count', u32(1)],
      ['llama.feed_forward_length', u32(feedForward)],
      ['llama.attention.head_count', u32(heads)],
      ['llama.attention.head_count_kv', u32(heads)],
      ['llama.attention.layer_norm_rms_epsilon', f32(1e-5)],
      ['llama.rope.dimension_count', u32(width / heads)],
      ['llama.rope.freq_base', f32(10000)],
      ['llama.vocab_size', u32(vocabulary.tokens.length)],
      ...tokenizerMetadata(vocabulary),
      ['tokenizer.chat_template', text(chatTemplate)],
    ],
    tensors: [
      matrix('token_embd.weight', vocabulary.tokens.length, embedding),
      source('blk.0.attn_norm.weight', 'F32', [width], norm),
      ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map((part) => matrix(`blk.0.${part}.weight`, width, zeros(width))),
      source('blk.0.ffn_norm.weight', 'F32', [width], norm),
      matrix('blk.0.ffn_gate.weight', feedForward, zeros(feedForward)),
      matrix('blk.0.ffn_up.weight', feedForward, zeros(feedForward)),
      matrix('blk.0.ffn_down.weight', width, zeros(width, feedForward)),
      source('output_norm.weight', 'F32', [width], norm),
      matrix('output.weight', vocabulary.tokens.length, output),
    ],
  };
}

/** The keys of a SentencePiece vocabulary. */
export function tokenizerMetadata({ tokens, scores, types }: PieceVocabulary): [string, GgufValue][] {
  return [
    ['tokenizer.ggml.model', text('llama')],
    ['tokenizer.ggml.pre', text('default')],
    ['tokenizer.ggml.tokens', texts(tokens)],
    ['tokenizer.ggml.scores', f32s(scores)],
    ['tokenizer.ggml.token_type', i32s(types)],
    ['tokenizer.ggml.bos_token_id', u32(1)],
    ['tokenizer.ggml.eos_token_id', u32(2)],
    ['tokenizer.ggml.unknown_token_id', u32(0)],
    ['tokenizer.ggml.add_bos_token', bool(true)],
    ['tokenizer.ggml.add_eos_token', bool(false)],
  ];
}

/** A vector for each piece, one for all other tokens, and the rows of the output that answer them. */
function chainMatrices({ tokens }: PieceVocabulary, pieces: readonly string[], after: ChainOptions['after']) {
  const idOf = (piece: string) => tokens.indexOf(piece);
  const embedding = new Float32Array(tokens.length * width);
  const output = new Float32Array(tokens.length * width);
  // Vectors of this length are as long as RMSNorm makes them: √width.
  const vectorOf = (key: string) => wordVector(`chain ${key}`, width, Math.sqrt(width));
  tokens.forEach((token, id) => {
    embedding.set(vectorOf(pieces.includes(token) ? token : 'any other'), id * width);
  });
  const follow = (key: string, next: number) => {
    const row = output.subarray(next * width, (next + 1) * width);
    vectorOf(key).forEach((value, index) => {
      row[index] = (row[index] ?? 0) + value;
    });
  };
  const last = after === 'END' ? 2 : idOf(pieces[1] ?? pieces[0] ?? '');
  follow('any other', idOf(pieces[0] ?? ''));
  pieces.forEach((piece, index) => {
    follow(piece, index + 1 < pieces.length ? idOf(pieces[index + 1] ?? '') : last);
  });
  return { embedding, output };
}

function source(name: string, type: WritableType, shape: number[], values: Float32Array) {
  return { name, type, shape, data: () => [encodeValues(type, values)] };
}
