import { readClipTokenizer } from '../clip-tokenizer.ts';
import type { TextCleaning } from '../image-checkpoint.ts';
import { isJsonObject, type JsonObject, readOptionalJsonObject } from '../json-file.ts';
import { readSpecialTokenId, requirePaddingBehind } from '../special-tokens.ts';
import { readTokenizerFiles, type TokenizerFiles } from '../tokenizer-files.ts';

/** How a model's texts become ids. */
export interface ClipTokens {
  readonly files: TokenizerFiles;
  readonly padId: number;
  readonly cleaning: TextCleaning;
}

/** SigLIP's padding where no file names it: the end token of its vocabulary. */
const siglipPadId = 1;

/** Reads a model's tokenizer. CLIP's tower does not see padding, so that any id will do; SigLIP's does. */
export async function readClipTokens(folder: string, family: 'CLIP' | 'SIGLIP'): Promise<ClipTokens> {
  if (family === 'CLIP') return { files: await readClipTokenizer(folder, { usesDefault: false }), padId: 0, cleaning: 'NONE' };
  await requirePaddingBehind(folder);
  const files = await readTokenizerFiles(folder, '');
  const padId = (await readSpecialTokenId(folder, files.json, 'pad_token')) ?? siglipPadId;
  return { files, padId, cleaning: await siglipCleaning(folder, files) };
}

/** transformers lower-cases before, or in, the tokenizer; a tokenizer.json that does it by itself is left to it. */
async function siglipCleaning(folder: string, { json }: TokenizerFiles): Promise<TextCleaning> {
  const { normalizer } = JSON.parse(json) as JsonObject;
  if (lowersCase(normalizer)) return 'NONE';
  const { tokenizer_class: className } = await readOptionalJsonObject(folder, 'tokenizer_config.json');
  if (className === 'Siglip2Tokenizer') return 'LOWER';
  return className === 'SiglipTokenizer' ? 'SIGLIP' : 'NONE';
}

function lowersCase(normalizer: unknown): boolean {
  if (!isJsonObject(normalizer)) return false;
  if (normalizer.type === 'Lowercase' || normalizer.lowercase === true) return true;
  return Array.isArray(normalizer.normalizers) && normalizer.normalizers.some(lowersCase);
}
