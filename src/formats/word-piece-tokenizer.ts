import { dirname, join } from 'node:path/posix';
import { InvalidModelFileError, quote } from '../errors.ts';
import { addedToken, readAddedTokens } from './added-tokens.ts';
import { jsonFields } from './json-fields.ts';
import { isJsonObject, type JsonObject, maxConfigBytes, readTextFile } from './json-file.ts';
import { wordPieceJson } from './word-piece-json.ts';

const specialTokens = { unk_token: '[UNK]', cls_token: '[CLS]', sep_token: '[SEP]', pad_token: '[PAD]', mask_token: '[MASK]' };
type SpecialToken = keyof typeof specialTokens;

/**
 * A tokenizer.json for a BERT repository that has only vocab.txt: one token per line, its number is the id.
 * Reference: transformers, `convert_slow_tokenizer.py`, `BertConverter`.
 */
export async function wordPieceTokenizer(
  folder: string,
  { vocabulary, config, configFile }: { vocabulary: string; config: JsonObject; configFile: string },
): Promise<JsonObject> {
  const fields = jsonFields(config, configFile);
  const text = await readTextFile(folder, vocabulary, { maxBytes: maxConfigBytes });
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const idOf = new Map(lines.map((line, id) => [line.replace(/\r$/, ''), id]));

  const contents = Object.keys(specialTokens).map((name) => contentOf(config, name as SpecialToken));
  const [unknown = '', cls = '', sep = ''] = contents;
  for (const token of [unknown, cls, sep]) {
    if (!idOf.has(token)) throw new InvalidModelFileError({ file: vocabulary, message: `It lacks the token ${quote(token)}.` });
  }
  const specials = [...new Set(contents)].flatMap((content) => {
    const id = idOf.get(content);
    return id === undefined ? [] : [addedToken(content, { id, special: true })];
  });
  const others = await readAddedTokens(folder, join(dirname(vocabulary), 'added_tokens.json'));
  const added = [...specials, ...others.filter(({ content }) => !contents.includes(content))].sort((left, right) => left.id - right.id);
  return wordPieceJson({
    vocabulary: idOf,
    added,
    unknown,
    cls,
    sep,
    normalizer: {
      chineseCharacters: fields.boolean('tokenize_chinese_chars', { default: true }),
      stripAccents: fields.has('strip_accents') ? fields.boolean('strip_accents') : null,
      lowercase: fields.boolean('do_lower_case', { default: true }),
    },
  });
}

/** A special token stands in the config as text, or as an object with its `content`. */
function contentOf(config: JsonObject, name: SpecialToken): string {
  const value = config[name];
  if (typeof value === 'string') return value;
  if (isJsonObject(value) && typeof value.content === 'string') return value.content;
  return specialTokens[name];
}
