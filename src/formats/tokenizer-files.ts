import { join } from 'node:path/posix';
import { InvalidModelFileError, UnsupportedModelError } from '../errors.ts';
import { jsonFields } from './json-fields.ts';
import { hasFile, isJsonObject, type JsonObject, readOptionalJsonObject, readTextFile } from './json-file.ts';
import { checkTemplates } from './tokenizer-template.ts';
import { wordPieceTokenizer } from './word-piece-tokenizer.ts';

/** What a checkpoint's files say of its tokenizer. */
export interface TokenizerFiles {
  /** Text of a tokenizer.json. Its own truncation and padding are not to be used. */
  readonly json: string;
  /** The file that it came from, for messages. */
  readonly file: string;
  /** The most tokens that the tokenizer's configuration allows; null where it does not say. */
  readonly maxTokens: number | null;
  /** Which end of a text that is too long goes. */
  readonly truncationSide: 'left' | 'right';
}

/** The largest published ones have some 35 MB. */
const maxTokenizerBytes = 64 * 1024 * 1024;

/** Reads tokenizer.json, or makes one from a BERT vocab.txt, as older repositories have it. */
export async function readTokenizerFiles(folder: string, path: string): Promise<TokenizerFiles> {
  const configFile = join(path, 'tokenizer_config.json');
  const config = await readOptionalJsonObject(folder, configFile);
  const fields = jsonFields(config, configFile);
  const side = fields.string('truncation_side', { default: 'right' });
  // transformers writes 1e30 for "no limit".
  const limit = fields.number('model_max_length', { default: Number.MAX_VALUE });
  const common = {
    maxTokens: limit >= 1 && limit <= 2 ** 31 ? Math.floor(limit) : null,
    truncationSide: side === 'left' ? ('left' as const) : ('right' as const),
  };
  const file = join(path, 'tokenizer.json');
  if (await hasFile(folder, file)) return { ...common, file, json: await readTokenizerJson(folder, file, config) };
  const vocabulary = join(path, 'vocab.txt');
  if (await hasFile(folder, vocabulary)) {
    return { ...common, file: vocabulary, json: JSON.stringify(await wordPieceTokenizer(folder, { vocabulary, config, configFile })) };
  }
  if (!(await hasFile(folder, join(path, 'sentencepiece.bpe.model'))) && !(await hasFile(folder, join(path, 'spiece.model')))) {
    throw new InvalidModelFileError({ file, message: 'It is missing.' });
  }
  throw new UnsupportedModelError({
    reason: 'The tokenizer is there only as a sentencepiece model.',
    remedy: 'Save it as tokenizer.json (AutoTokenizer.from_pretrained(…).save_pretrained(…)).',
  });
}

async function readTokenizerJson(folder: string, file: string, config: JsonObject): Promise<string> {
  const text = await readTextFile(folder, file, { maxBytes: maxTokenizerBytes });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InvalidModelFileError({ file, message: 'It is not valid JSON.', cause });
  }
  if (!isJsonObject(value)) throw new InvalidModelFileError({ file, message: 'It is not a tokenizer: it holds no JSON object.' });
  checkTemplates(value.post_processor, file);
  const normalizer = overriddenNormalizer(value.normalizer, config);
  return normalizer ? JSON.stringify({ ...value, normalizer }) : text;
}

/**
 * BertTokenizerFast sets the normalizer by tokenizer_config.json where tokenizer.json says otherwise.
 * Reference: transformers, `models/bert/tokenization_bert_fast.py`, `__init__`.
 */
function overriddenNormalizer(normalizer: unknown, config: JsonObject): JsonObject | null {
  const { tokenizer_class: className } = config;
  if (className !== 'BertTokenizer' && className !== 'BertTokenizerFast') return null;
  if (!isJsonObject(normalizer) || normalizer.type !== 'BertNormalizer') return null;
  const wanted: Record<string, unknown> = {};
  if (typeof config.do_lower_case === 'boolean') wanted.lowercase = config.do_lower_case;
  if (typeof config.strip_accents === 'boolean') wanted.strip_accents = config.strip_accents;
  if (typeof config.tokenize_chinese_chars === 'boolean') wanted.handle_chinese_chars = config.tokenize_chinese_chars;
  const differs = Object.entries(wanted).some(([key, value]) => normalizer[key] !== value);
  return differs ? { ...normalizer, ...wanted } : null;
}
