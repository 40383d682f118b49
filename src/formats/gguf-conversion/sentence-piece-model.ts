import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidModelFileError } from '../../errors.ts';
import { unsupported } from './causal-config.ts';
import { readFields } from './protobuf-fields.ts';
import { type TokenType, tokenTypes, type VocabularyToken } from './vocabulary.ts';

/** What a SentencePiece `tokenizer.model` holds. */
export interface SentencePieceModel {
  /** By id. */
  readonly pieces: readonly VocabularyToken[];
  /** BPE merges pairs by their scores; UNIGRAM takes the likeliest of all ways to cut a text. */
  readonly kind: 'BPE' | 'UNIGRAM';
  /** Whether a space is put in front of a text. */
  readonly addDummyPrefix: boolean;
  /** Whether several spaces become one, and those at the ends go. */
  readonly removeExtraWhitespaces: boolean;
  /** A table of what characters are replaced by first; null for none. */
  readonly charactersMap: Uint8Array | null;
}

const maxModelBytes = 64 * 1024 * 1024;
const maxPieces = 2 ** 21;
const modelTypes = { UNIGRAM: 1, BPE: 2 } as const;
const knownTypes: readonly number[] = Object.values(tokenTypes);

/** Reads the file. Throws `INVALID_MODEL_FILE`; `UNSUPPORTED_MODEL` for a model of whole words or single characters. Reference: sentencepiece, sentencepiece_model.proto. */
export async function readSentencePieceModel(folder: string, file: string): Promise<SentencePieceModel> {
  const bytes = await readWhole(folder, file);
  const pieces: VocabularyToken[] = [];
  let type: number = modelTypes.UNIGRAM;
  let hasByteFallback = false;
  let addDummyPrefix = true;
  let removeExtraWhitespaces = true;
  let charactersMap: Uint8Array | null = null;
  for (const { field, bytes: value } of readFields(bytes, file)) {
    if (field === 1 && value) pieces.push(readPiece(value, file));
    if (field === 2 && value) {
      type = numberOf(value, { field: 3, file, fallback: type });
      hasByteFallback = numberOf(value, { field: 35, file, fallback: 0 }) !== 0;
    }
    if (field === 3 && value) {
      addDummyPrefix = numberOf(value, { field: 3, file, fallback: 1 }) !== 0;
      removeExtraWhitespaces = numberOf(value, { field: 4, file, fallback: 1 }) !== 0;
      for (const entry of readFields(value, file)) if (entry.field === 2 && entry.bytes?.length) charactersMap = entry.bytes;
    }
    if (pieces.length > maxPieces) throw new InvalidModelFileError({ file, message: `It has more than ${maxPieces} pieces.` });
  }
  if (pieces.length === 0) throw new InvalidModelFileError({ file, message: 'It is no SentencePiece model: it has no pieces.' });
  const isBpe = type === modelTypes.BPE;
  if (!isBpe && type !== modelTypes.UNIGRAM) throw unsupported('its SentencePiece tokenizer is neither of the type BPE nor UNIGRAM');
  if (!isBpe && hasByteFallback)
    throw unsupported('its SentencePiece tokenizer is UNIGRAM with tokens of single bytes, which llama.cpp does not use');
  return { pieces, kind: isBpe ? 'BPE' : 'UNIGRAM', addDummyPrefix, removeExtraWhitespaces, charactersMap };
}

async function readWhole(folder: string, file: string): Promise<Uint8Array> {
  const handle = await open(join(folder, file)).catch((cause: unknown) => {
    throw new InvalidModelFileError({ file, message: 'It is missing or cannot be read.', cause });
  });
  try {
    const { size } = await handle.stat();
    if (size > maxModelBytes)
      throw new InvalidModelFileError({ file, message: `It has ${size} bytes; at most ${maxModelBytes} are read.` });
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function readPiece(bytes: Uint8Array, file: string): VocabularyToken {
  let text = '';
  let score = 0;
  let type: number = tokenTypes.NORMAL;
  for (const { field, bytes: value, number, fixed } of readFields(bytes, file)) {
    if (field === 1 && value) text = new TextDecoder().decode(value);
    if (field === 2 && fixed) score = fixed.getFloat32(0, true);
    if (field === 3 && number !== null) type = number;
  }
  return { text, score, type: isTokenType(type) ? type : tokenTypes.NORMAL };
}

function numberOf(bytes: Uint8Array, { field, file, fallback }: { field: number; file: string; fallback: number }): number {
  let found = fallback;
  for (const entry of readFields(bytes, file)) if (entry.field === field && entry.number !== null) found = entry.number;
  return found;
}

function isTokenType(type: number): type is TokenType {
  return knownTypes.includes(type);
}
