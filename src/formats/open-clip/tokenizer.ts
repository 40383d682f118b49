import { InvalidModelFileError } from '../../errors.ts';
import { clipVocabularySize, readClipTokenizer } from '../clip-tokenizer.ts';
import type { TextTower } from '../image-checkpoint.ts';
import { jsonFields } from '../json-fields.ts';
import { isJsonObject, type JsonObject } from '../json-file.ts';
import { readSpecialTokenId, requirePaddingBehind } from '../special-tokens.ts';
import { readTokenizerFiles, type TokenizerFiles } from '../tokenizer-files.ts';
import { openClipConfigFile as file } from './config.ts';
import { refuseUnknownKeys, unsupportedOption } from './known-keys.ts';

/** How a model's texts become ids. */
export interface OpenClipTokenizer {
  readonly files: TokenizerFiles;
  readonly cleaning: TextTower['cleaning'];
  readonly padId: number;
  /** A token that the tower is to see as id 0; null for none. */
  readonly blankedId: number | null;
}

const cleanings: Readonly<Record<string, TextTower['cleaning']>> = {
  lower: 'OPEN_CLIP',
  whitespace: 'OPEN_CLIP_CASED',
  canonicalize: 'OPEN_CLIP_CANONICAL',
};

/** open_clip's `get_tokenizer`: CLIP's own tokenizer, or one of transformers where `hf_tokenizer_name` says so. */
export async function readOpenClipTokenizer(folder: string, text: JsonObject): Promise<OpenClipTokenizer> {
  const fields = jsonFields(text, file);
  const options = isJsonObject(text.tokenizer_kwargs) ? text.tokenizer_kwargs : {};
  refuseUnknownKeys(options, new Set(['clean', 'strip_sep_token']), { file, path: 'text_cfg.tokenizer_kwargs' });
  const mode = fields.string('tokenizer_mode', { default: '' });
  if (mode !== '') throw unsupportedOption(`tokenizer_mode ${JSON.stringify(mode.slice(0, 100))}`);
  const isClip = !fields.has('hf_tokenizer_name') && !fields.has('hf_model_name');
  const optionFields = jsonFields(options, file);
  const cleaningName = optionFields.string('clean', { default: isClip ? 'lower' : 'whitespace' });
  const cleaning = Object.hasOwn(cleanings, cleaningName) ? cleanings[cleaningName] : undefined;
  if (!cleaning) throw unsupportedOption(`tokenizer_kwargs.clean ${JSON.stringify(cleaningName.slice(0, 100))}`);
  if (isClip) {
    const usesDefault = fields.integer('vocab_size', { default: clipVocabularySize }) === clipVocabularySize;
    return { files: await readClipTokenizer(folder, { usesDefault }), cleaning, padId: 0, blankedId: null };
  }
  await requirePaddingBehind(folder);
  const files = await readTokenizerFiles(folder, '');
  const padId = await readSpecialTokenId(folder, files.json, 'pad_token');
  if (padId === null)
    throw new InvalidModelFileError({ file: 'tokenizer_config.json', message: 'It names no pad_token that the tokenizer knows.' });
  const strips = optionFields.boolean('strip_sep_token', { default: false });
  const blankedId = strips ? await readSpecialTokenId(folder, files.json, 'sep_token') : null;
  if (strips && blankedId === null) {
    throw new InvalidModelFileError({ file: 'tokenizer_config.json', message: 'It names no sep_token that the tokenizer knows.' });
  }
  return { files, cleaning, padId, blankedId };
}
