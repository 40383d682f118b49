import { byteCharacters } from '../../formats/gguf/byte-characters.ts';
import { isJsonObject, type JsonObject } from '../../formats/json-file.ts';
import type { SpecialToken } from '../chat/chat.ts';

/** How a model's tokens are spelt. */
export interface TokenSpelling {
  /** A token's bytes; an added token's are its name. */
  bytesOf(token: number): Uint8Array;
  /** The same as text; a character that is cut is U+FFFD. */
  textOf(token: number): string;
  /** Whether it is special, and no part of a text. */
  isSpecial(token: number): boolean;
  /** Whether the decoder takes the space away with which an answer begins. */
  readonly dropsFirstSpace: boolean;
  /** Texts that a person may not smuggle in. */
  readonly specialTokens: readonly SpecialToken[];
}

interface AddedToken {
  id: number;
  content: string;
  special: boolean;
}

/** Names such as `<image>`, `<|im_end|>` and `[IMG]`: whatever its file says of it, it is no text of a person. */
const markPattern = /^(?:<[^<>\s]+>|\[[A-Z_/]+\])$/;

/** Reads a parsed tokenizer.json: byte-level BPE, or pieces of sentencepiece with bytes for what they lack. */
export function readTokenSpelling(tokenizer: JsonObject): TokenSpelling {
  const pieces = piecesOf(tokenizer.model);
  const added = addedTokens(tokenizer.added_tokens);
  const names = new Map(added.map(({ id, content }) => [id, content]));
  const specialIds = new Set(added.flatMap(({ id, special }) => (special ? id : [])));
  const steps = decoderSteps(tokenizer.decoder);
  const isByteLevel = steps.some(({ type }) => type === 'ByteLevel');
  const byteOf = new Map(byteCharacters.map((character, byte) => [character, byte]));
  const encoder = new TextEncoder();

  function bytesOf(token: number): Uint8Array {
    const name = names.get(token);
    if (name !== undefined) return encoder.encode(name);
    const piece = pieces.get(token) ?? '';
    if (isByteLevel) {
      const bytes = Array.from(piece, (character) => byteOf.get(character));
      return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : encoder.encode(piece);
    }
    const [, byte] = /^<0x([0-9A-Fa-f]{2})>$/.exec(piece) ?? [];
    return byte === undefined ? encoder.encode(piece.replaceAll('▁', ' ')) : Uint8Array.of(Number.parseInt(byte, 16));
  }

  return {
    bytesOf,
    textOf: (token) => new TextDecoder().decode(bytesOf(token)),
    isSpecial: (token) => specialIds.has(token),
    dropsFirstSpace: steps.some(({ type, start }) => type === 'Metaspace' || (type === 'Strip' && Number(start) > 0)),
    // The tokenizer finds added tokens wherever they stand: only in two pieces is one plain text.
    specialTokens: added
      .filter(({ content, special }) => special || markPattern.test(content))
      .map(({ content }) => ({ text: content, alwaysParsed: true })),
  };
}

function piecesOf(model: unknown): Map<number, string> {
  const vocabulary = isJsonObject(model) ? model.vocab : undefined;
  if (Array.isArray(vocabulary)) {
    return new Map(vocabulary.map((entry: unknown, id) => [id, Array.isArray(entry) ? String(entry[0]) : '']));
  }
  return new Map(Object.entries(isJsonObject(vocabulary) ? vocabulary : {}).map(([piece, id]) => [Number(id), piece]));
}

function addedTokens(value: unknown): AddedToken[] {
  return (Array.isArray(value) ? value : []).flatMap((entry: unknown) => {
    if (!isJsonObject(entry) || typeof entry.id !== 'number' || typeof entry.content !== 'string' || entry.content === '') return [];
    return [{ id: entry.id, content: entry.content, special: entry.special === true }];
  });
}

function decoderSteps(decoder: unknown): JsonObject[] {
  if (!isJsonObject(decoder)) return [];
  return decoder.type === 'Sequence' && Array.isArray(decoder.decoders) ? decoder.decoders.filter(isJsonObject) : [decoder];
}
