import { InvalidModelFileError, quote } from '../../errors.ts';
import { jsonFields } from '../json-fields.ts';
import { isJsonObject, type JsonObject, readJsonObject } from '../json-file.ts';

/** What a tokenizer.json of the type BPE holds. */
export interface BpeJson {
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Pairs, the first to be done first. */
  readonly merges: readonly (readonly [left: string, right: string])[];
  readonly addedTokens: readonly { readonly id: number; readonly content: string; readonly special: boolean }[];
  /** Whether a token that is made whole is taken before any merge. */
  readonly ignoreMerges: boolean;
  /** Whether an unknown character becomes tokens of its bytes. */
  readonly byteFallback: boolean;
  /** Steps, one after the other. */
  readonly normalizers: readonly JsonObject[];
  readonly preTokenizers: readonly JsonObject[];
  readonly postProcessors: readonly JsonObject[];
}

export const tokenizerJsonFile = 'tokenizer.json';
/** The largest published ones have some 35 MB. */
const maxTokenizerBytes = 64 * 1024 * 1024;

/** Reads tokenizer.json. Throws `INVALID_MODEL_FILE`; answers null for another model than BPE. */
export async function readBpeJson(folder: string): Promise<BpeJson | null> {
  const json = await readJsonObject(folder, tokenizerJsonFile, { maxBytes: maxTokenizerBytes });
  const model = json.model;
  if (!isJsonObject(model)) throw fail('model must be an object.');
  // Old files have no type.
  if ((model.type ?? 'BPE') !== 'BPE' || !Array.isArray(model.merges)) return null;
  const fields = jsonFields(model, tokenizerJsonFile);
  return {
    vocabulary: readVocabulary(model.vocab),
    merges: model.merges.map(readMerge),
    addedTokens: readAddedTokens(json.added_tokens ?? []),
    ignoreMerges: fields.boolean('ignore_merges', { default: false }),
    byteFallback: fields.boolean('byte_fallback', { default: false }),
    normalizers: stepsOf(json.normalizer, 'normalizers'),
    preTokenizers: stepsOf(json.pre_tokenizer, 'pretokenizers'),
    postProcessors: stepsOf(json.post_processor, 'processors'),
  };
}

function readVocabulary(value: unknown): Map<string, number> {
  if (!isJsonObject(value)) throw fail('model.vocab must map tokens to ids.');
  // By the ids, never by the order of the keys: those that look like numbers come first in an object.
  return new Map(
    Object.entries(value).map(([token, id]) => {
      if (!isId(id)) throw fail(`model.vocab: the id of ${quote(token)} is not a whole number of 0 or more.`);
      return [token, id];
    }),
  );
}

function readMerge(merge: unknown, index: number): [string, string] {
  const [left, right, ...more] = Array.isArray(merge) ? merge : typeof merge === 'string' ? splitMerge(merge) : [];
  const isPair = typeof left === 'string' && typeof right === 'string' && left !== '' && right !== '' && more.length === 0;
  if (!isPair) throw fail(`model.merges: entry ${index} is not a pair.`);
  return [left, right];
}

function splitMerge(merge: string): string[] {
  const space = merge.indexOf(' ', 1);
  return space < 0 ? [] : [merge.slice(0, space), merge.slice(space + 1)];
}

function readAddedTokens(value: unknown): BpeJson['addedTokens'] {
  if (!Array.isArray(value)) throw fail('added_tokens must be a list.');
  return value.map((token: unknown) => {
    if (!isJsonObject(token) || !isId(token.id) || typeof token.content !== 'string')
      throw fail('added_tokens: each needs an id and a content.');
    return { id: token.id, content: token.content, special: token.special === true };
  });
}

/** A step that is a sequence of others, taken apart. */
function stepsOf(value: unknown, name: string): JsonObject[] {
  if (!isJsonObject(value)) return [];
  const inner = value[name];
  return value.type === 'Sequence' && Array.isArray(inner) ? inner.flatMap((step) => stepsOf(step, name)) : [value];
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function fail(message: string): InvalidModelFileError {
  return new InvalidModelFileError({ file: tokenizerJsonFile, message });
}
