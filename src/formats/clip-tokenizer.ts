import { InvalidModelFileError } from '../errors.ts';
import { hasFile, isJsonObject, readJsonObject, readTextFile } from './json-file.ts';
import { readTokenizerFiles, type TokenizerFiles } from './tokenizer-files.ts';

const startToken = '<|startoftext|>';
const endToken = '<|endoftext|>';
/** Ids of CLIP's own vocabulary: 256 bytes, each also as the end of a word, 48,894 merges, start and end. */
export const clipVocabularySize = 49_408;
/** The largest published vocabularies of this kind have a few megabytes. */
const maxVocabularyBytes = 64 * 1024 * 1024;

/**
 * CLIP's tokenizer, from what a repository has of it: tokenizer.json, else vocab.json and merges.txt, else the vocabulary that
 * open_clip brings along, where `usesDefault` says that the model is trained with it.
 */
export async function readClipTokenizer(folder: string, { usesDefault }: { usesDefault: boolean }): Promise<TokenizerFiles> {
  if (await hasFile(folder, 'tokenizer.json')) return readTokenizerFiles(folder, '');
  const common = { maxTokens: null, truncationSide: 'right' } as const;
  if ((await hasFile(folder, 'vocab.json')) && (await hasFile(folder, 'merges.txt'))) {
    const vocabulary = await readJsonObject(folder, 'vocab.json', { maxBytes: maxVocabularyBytes });
    const text = await readTextFile(folder, 'merges.txt', { maxBytes: maxVocabularyBytes });
    const merges = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#version'));
    return { ...common, file: 'vocab.json', json: clipTokenizerJson(vocabulary, merges, 'vocab.json') };
  }
  if (!usesDefault) throw new InvalidModelFileError({ file: 'tokenizer.json', message: 'It is missing.' });
  const { default: merges } = await import('./clip-merges.json', { with: { type: 'json' } });
  const lines = merges.split('\n');
  return { ...common, file: 'clip-merges.json', json: clipTokenizerJson(vocabularyOf(lines), lines, 'clip-merges.json') };
}

/** A tokenizer.json as transformers' `CLIPTokenizerFast` writes it. */
function clipTokenizerJson(vocabulary: Readonly<Record<string, unknown>>, merges: readonly string[], file: string): string {
  const [start, end] = [startToken, endToken].map((token) => vocabulary[token]);
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) {
    throw new InvalidModelFileError({ file, message: `It has no ids for ${startToken} and ${endToken}.` });
  }
  if (!isJsonObject(vocabulary) || !Object.values(vocabulary).every((id) => Number.isSafeInteger(id))) {
    throw new InvalidModelFileError({ file, message: 'Every word must have a whole number as its id.' });
  }
  const special = (id: unknown, content: string, normalized: boolean): object => {
    return { id, content, single_word: false, lstrip: false, rstrip: false, normalized, special: true };
  };
  const words = String.raw`'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`;
  return JSON.stringify({
    version: '1.0',
    added_tokens: [special(start, startToken, true), special(end, endToken, false)],
    normalizer: {
      type: 'Sequence',
      normalizers: [{ type: 'NFC' }, { type: 'Replace', pattern: { Regex: String.raw`\s+` }, content: ' ' }, { type: 'Lowercase' }],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: words }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [endToken, end],
      cls: [startToken, start],
      trim_offsets: false,
      add_prefix_space: false,
    },
    model: {
      type: 'BPE',
      unk_token: endToken,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      vocab: vocabulary,
      merges,
    },
  });
}

/** Ids as open_clip counts them: bytes, bytes that end a word, what the merges make, start and end. */
function vocabularyOf(merges: readonly string[]): Record<string, number> {
  const bytes = byteCharacters();
  const words = [...bytes, ...bytes.map((character) => `${character}</w>`), ...merges.map((merge) => merge.replace(' ', ''))];
  return Object.fromEntries([...words, startToken, endToken].map((word, id) => [word, id]));
}

/** The printable character for each byte in GPT-2's order: printable bytes stand for themselves and come first. */
function byteCharacters(): string[] {
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  const isPrintable = (byte: number): boolean => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  const printable = all.filter(isPrintable).map((byte) => String.fromCodePoint(byte));
  const others = all.filter((byte) => !isPrintable(byte)).map((_, index) => String.fromCodePoint(256 + index));
  return [...printable, ...others];
}
