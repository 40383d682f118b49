import { UnsupportedModelError } from '../errors.ts';
import { isJsonObject, type JsonObject, readOptionalJsonObject } from './json-file.ts';

/** What the tokenizers of BERT, RoBERTa and T5 call theirs where no file says it. */
const usualTokens = { pad_token: ['<pad>', '[PAD]'], sep_token: ['[SEP]', '</s>'] } as const;

/**
 * The id of a special token, which tokenizer_config.json or special_tokens_map.json names and tokenizer.json numbers; null where it is
 * not to be found.
 *
 * @param tokenizerJson text of the tokenizer.json, already known to be a JSON object.
 */
export async function readSpecialTokenId(folder: string, tokenizerJson: string, name: keyof typeof usualTokens): Promise<number | null> {
  const tokenizer = JSON.parse(tokenizerJson) as JsonObject;
  for (const file of ['tokenizer_config.json', 'special_tokens_map.json']) {
    const content = contentOf((await readOptionalJsonObject(folder, file))[name]);
    if (content !== null) return idOfToken(tokenizer, content);
  }
  const found = usualTokens[name].map((content) => idOfToken(tokenizer, content)).find((id) => id !== null);
  return found ?? null;
}

/** Throws `UNSUPPORTED_MODEL` where tokenizer_config.json wants padding in front of a text: where padding takes part, it is put behind here. */
export async function requirePaddingBehind(folder: string): Promise<void> {
  const { padding_side: side } = await readOptionalJsonObject(folder, 'tokenizer_config.json');
  if (side !== 'left') return;
  throw new UnsupportedModelError({
    reason: 'Its tokenizer pads texts on the left, which is not built here.',
    remedy: 'Choose another checkpoint.',
  });
}

/** The id that a parsed tokenizer.json gives to a token; null where it has none. */
function idOfToken({ added_tokens: added, model }: JsonObject, content: string): number | null {
  const found = Array.isArray(added) ? added.find((token: unknown) => isJsonObject(token) && token.content === content) : undefined;
  if (isJsonObject(found) && isId(found.id)) return found.id;
  const vocabulary = isJsonObject(model) ? model.vocab : null;
  if (isJsonObject(vocabulary)) return Object.hasOwn(vocabulary, content) && isId(vocabulary[content]) ? vocabulary[content] : null;
  // Unigram lists its pieces in the order of their ids.
  const index = Array.isArray(vocabulary) ? vocabulary.findIndex((piece: unknown) => Array.isArray(piece) && piece[0] === content) : -1;
  return index < 0 ? null : index;
}

/** A special token is written as its text, or as an object that holds it. */
function contentOf(value: unknown): string | null {
  const content = isJsonObject(value) ? value.content : value;
  return typeof content === 'string' && content !== '' ? content : null;
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31;
}
