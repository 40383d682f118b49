import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../json-file.ts';
import { unsupported } from './causal-config.ts';
import type { BpeJson } from './tokenizer-json.ts';

/**
 * llama.cpp's name for a way of splitting texts, by the sha256 of the regular expressions that tokenizer.json splits with, one
 * after the other. Those of llama-bpe and qwen2 are spelled in two ways.
 */
const namesByDigest: Readonly<Record<string, string>> = {
  d98f9631be1e9607a9848c26c1f9eac1aa9fc21ac6ba82a2fc0741af9780a48f: 'llama-bpe',
  fa003855fbe0f16ef960ddd999ae14f28d71df8cd834cdfd3bbe9a2d37a61ee9: 'llama-bpe',
  '1ff7f41064896984db5d1bb6ff64fa4bc29007d08c1b439e505b7392777a319e': 'qwen2',
  c44a912d90a3fa0951a201b559433f35d8816c26b4be8b3cbd00670bcd985398: 'qwen2',
  '00431aed57e696b747435f734d1e3b9b1bfd931a121fb5cac7129e97c181e9ba': 'qwen35',
  '21cde974d587f0d54dc8d56b183cc1e6239600172035c68fbd6d4b9f8da0576e': 'deepseek-coder',
  '03df5c5863ad70781dcfdef491ead25140f895fe8010964be0daefe27be32b02': 'deepseek-llm',
  '3e41884740914736a01647a8d1d6426e0e5aed47b7fdb19dfb81d31e3653a502': 'deepseek-v3',
  '1d64a9a8eaf9f1bd80331984d81fdd514e7feafe8df83a525dd31472f275699a': 'tekken',
  '2d1b8dc11e89af71459b36004f698ab3693f59fd84f63e8ec2b49564ab857420': 'gpt-4o',
};

/**
 * How llama.cpp is to split texts. Throws `UNSUPPORTED_MODEL` for a way that it is not known to have: with a wrong one the
 * model would be asked in tokens that it was not trained on, and nobody would be told.
 */
export function preTokenizerName({ preTokenizers, ignoreMerges }: Pick<BpeJson, 'preTokenizers' | 'ignoreMerges'>): string {
  const byteLevel = preTokenizers.find(({ type }) => type === 'ByteLevel');
  if (!byteLevel) throw unsupported('its byte-level tokenizer has no ByteLevel step');
  if (byteLevel.add_prefix_space === true) throw unsupported('its byte-level tokenizer puts a space in front of texts');
  const splits = preTokenizers.filter(({ type }) => type === 'Split');
  const digits = preTokenizers.filter(({ type }) => type === 'Digits');
  const others = preTokenizers.filter((step) => ![byteLevel, ...splits, ...digits].includes(step));
  const name = others.length > 0 ? null : splits.length > 0 ? splitName(splits, { byteLevel, ignoreMerges }) : plainName(byteLevel, digits);
  if (name === null) throw unsupported('its tokenizer splits texts in a way that llama.cpp is not known to have');
  return name;
}

/** GPT-2's own split, after each digit was split off where there is a step for it. */
function plainName(byteLevel: JsonObject, digits: readonly JsonObject[]): string | null {
  if (byteLevel.use_regex === false) return null;
  if (digits.length === 0) return 'gpt-2';
  return digits.every(({ individual_digits: single }) => single === true) ? 'smollm' : null;
}

function splitName(
  splits: readonly JsonObject[],
  { byteLevel, ignoreMerges }: { byteLevel: JsonObject; ignoreMerges: boolean },
): string | null {
  if (byteLevel.use_regex !== false) return null;
  const patterns = splits.map(({ pattern, behavior, invert }) => {
    // What is removed by an inverted expression is what it does not match: nothing, where it matches every character.
    const isPlain = (behavior === 'Isolated' && invert !== true) || (behavior === 'Removed' && invert === true);
    return isPlain && isJsonObject(pattern) && typeof pattern.Regex === 'string' ? pattern.Regex : null;
  });
  if (patterns.includes(null)) return null;
  const name = namesByDigest[createHash('sha256').update(patterns.join('')).digest('hex')] ?? null;
  // The same expression; llama.cpp's first name means that whole tokens come before merges.
  return name === 'llama-bpe' && !ignoreMerges ? 'smaug-bpe' : name;
}
