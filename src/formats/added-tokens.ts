import { jsonFields } from './json-fields.ts';
import { readOptionalJsonObject } from './json-file.ts';

/** A token that a repository has put behind its vocabulary, as tokenizer.json lists it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Whether it is looked for in the text as the normalizer leaves it. */
  readonly normalized: boolean;
  readonly special: boolean;
}

/** A token that is found wherever it stands in a text. */
export function addedToken(content: string, { id, special }: { id: number; special: boolean }): AddedToken {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: !special, special };
}

/**
 * Reads `added_tokens.json`, content to id, in the order of the ids; empty where the folder has none. As upstream, the Rust
 * library counts on from the vocabulary by itself: the ids decide the order alone, and a word of the vocabulary keeps its own.
 * Reference: transformers 4, `PreTrainedTokenizerBase._from_pretrained`.
 */
export async function readAddedTokens(folder: string, file: string): Promise<AddedToken[]> {
  const object = await readOptionalJsonObject(folder, file);
  const fields = jsonFields(object, file);
  return Object.keys(object)
    .map((content) => addedToken(content, { id: fields.integer(content), special: false }))
    .sort((left, right) => left.id - right.id);
}
