import { InvalidModelFileError } from '../../errors.ts';
import { hasFile, type JsonObject } from '../json-file.ts';
import { bytePairVocabulary } from './byte-pair-vocabulary.ts';
import { unsupported } from './causal-config.ts';
import { pieceVocabularyFromJson, sentencePieceFile, sentencePieceVocabulary } from './piece-vocabulary.ts';
import { readSentencePieceModel } from './sentence-piece-model.ts';
import { type BpeJson, readBpeJson, tokenizerJsonFile } from './tokenizer-json.ts';
import { addsSpacePrefix, type TokenizerSettings } from './tokenizer-settings.ts';
import type { ConvertedVocabulary } from './vocabulary.ts';

/** A vocabulary, and the steps that tokenizer.json puts behind it. */
export interface ReadVocabulary {
  readonly vocabulary: ConvertedVocabulary;
  readonly postProcessors: readonly JsonObject[];
}

/**
 * Reads a checkpoint's tokenizer: byte-level BPE from tokenizer.json, else SentencePiece from tokenizer.model, else SentencePiece
 * from a tokenizer.json that was made of one. Throws `INVALID_MODEL_FILE`, `UNSUPPORTED_MODEL`.
 *
 * @param size rows of the model's table of tokens
 */
export async function readVocabulary(
  folder: string,
  { size, settings }: { size: number; settings: TokenizerSettings },
): Promise<ReadVocabulary> {
  const json = (await hasFile(folder, tokenizerJsonFile)) ? await readBpeJson(folder) : null;
  const postProcessors = json?.postProcessors ?? [];
  if (json && isByteLevel(json)) return { vocabulary: bytePairVocabulary(json, { size }), postProcessors };
  const addSpacePrefix = addsSpacePrefix(settings);
  if (await hasFile(folder, sentencePieceFile)) {
    const model = await readSentencePieceModel(folder, sentencePieceFile);
    const addedTokens = [...(json?.addedTokens ?? []), ...settings.addedTokens];
    return { vocabulary: sentencePieceVocabulary(model, { size, addedTokens, addSpacePrefix }), postProcessors };
  }
  if (json?.byteFallback) return { vocabulary: pieceVocabularyFromJson(json, { size, addSpacePrefix }), postProcessors };
  if (await hasFile(folder, tokenizerJsonFile))
    throw unsupported('its tokenizer is neither byte-level BPE nor BPE with tokens of single bytes');
  throw new InvalidModelFileError({ file: tokenizerJsonFile, message: `It is missing, and so is ${sentencePieceFile}.` });
}

function isByteLevel({ preTokenizers, normalizers }: BpeJson): boolean {
  return [...preTokenizers, ...normalizers].some(({ type }) => type === 'ByteLevel');
}
