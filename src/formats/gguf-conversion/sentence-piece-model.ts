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
  /** Whether a space is put in front of a text. */
  readonly addDummyPrefix: boolean;
}

const maxModelBytes = 64 * 1024 * 1024;
const maxPieces = 2 ** 21;
const byteFallbackKind = { UNIGRAM: 1, BPE: 2, WORD: 3, CHAR: 4 } as const;
const knownTypes: readonly number[] = Object.values(tokenTypes);

/** Reads the file. Throws `INVALID_MODEL_FILE`; `UNSUPPORTED_MODEL` for any model but BPE. Reference: sentencepiece, sentencepiece_model.proto. */
export async function readSentencePieceModel(folder: string, file: string): Promise<SentencePieceModel> {
  const bytes = await readWhole(folder, file);
  const pieces: VocabularyToken[] = [];
  let kind: number = byteFallbackKind.UNIGRAM;
  let addDummyPrefix = true;
  for (const { field, bytes: value } of readFields(bytes, file)) {
    if (field === 1 && value) pieces.push(readPiece(value, file));
    if (field === 2 && value) kind = numberOf(value, { field: 3, file, fallback: kind });
    if (field === 3 && value) addDummyPrefix = numberOf(value, { field: 3, file, fallback: 1 }) !== 0;
    if (pieces.length > maxPieces) throw new InvalidModelFileError({ file, message: `It has more than ${maxPieces} pieces.` });
  }
  if (pieces.length === 0) throw new InvalidModelFileError({ file, message: 'It is no SentencePiece model: it has no pieces.' });
  if (kind !== byteFallbackKind.BPE) throw unsupported('its SentencePiece tokenizer is not of the type BPE');
  return { pieces, addDummyPrefix };
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
