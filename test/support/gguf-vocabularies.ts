import { byteCharacters } from '../../src/formats/gguf/byte-characters.ts';
import { bool, type GgufValue, i32s, text, texts, u32 } from '../../src/formats/gguf/metadata-values.ts';
import { createPicker } from './gguf-random-tensor.ts';

export interface MadeBpe {
  metadata: [string, GgufValue][];
  size: number;
}

const specials = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<|begin|>'];
const letters = [...'etaoinshrdlcumwfgypbvkETAOINS'];

/** A byte-level BPE vocabulary of `size` tokens (260 at least), whose merges are drawn: any text has tokens, and comes back. */
export function bytePairVocabulary({ size, pre = 'smollm', addBos = false }: { size: number; pre?: string; addBos?: boolean }): MadeBpe {
  const tokens = [...specials, ...byteCharacters];
  const seen = new Set(tokens);
  const merges: string[] = [];
  const short = [...letters, 'Ġ'];
  const pick = createPicker('merges');
  while (tokens.length < size) {
    const left = short[pick(short.length)] ?? 'e';
    const right = letters[pick(letters.length)] ?? 't';
    const token = left + right;
    if (seen.has(token)) continue;
    seen.add(token);
    tokens.push(token);
    merges.push(`${left} ${right}`);
    if (token.length <= 4) short.push(token);
  }
  return {
    size,
    metadata: [
      ['tokenizer.ggml.model', text('gpt2')],
      ['tokenizer.ggml.pre', text(pre)],
      ['tokenizer.ggml.tokens', texts(tokens)],
      ['tokenizer.ggml.token_type', i32s(tokens.map((_, id) => (id < specials.length ? 3 : 1)))],
      ['tokenizer.ggml.merges', texts(merges)],
      ['tokenizer.ggml.bos_token_id', u32(3)],
      ['tokenizer.ggml.eos_token_id', u32(0)],
      ['tokenizer.ggml.add_bos_token', bool(addBos)],
    ],
  };
}
