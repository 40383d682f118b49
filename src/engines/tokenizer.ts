import type { Encoding, Tokenizer, TruncationStrategy } from 'tokenizers';
import { InvalidModelFileError } from '../errors.ts';
import type { TokenizerFiles } from '../formats/tokenizer-files.ts';
import { textPart } from './text-part.ts';

/** A text as tokens. */
export interface EncodedText {
  readonly ids: Int32Array;
  readonly typeIds: Int32Array;
  /** The tokens as text; null unless they were asked for. */
  readonly tokens: string[] | null;
  /** Special tokens included. A lower bound where the text was so long that the rest of it was not read. */
  readonly tokensBeforeTruncation: number;
  readonly truncated: boolean;
}

/** Turns pairs of texts into ids, exactly as Hugging Face's Rust library does. */
export interface PairTokenizer {
  /**
   * Encodes `first` with each of `seconds` (an empty text makes a pair too), cut longest first to `maxTokens`. `countsTokens` says
   * how many tokens a pair had that was cut; without it, only that it had more.
   */
  encode(first: string, seconds: readonly string[], options?: { countsTokens?: boolean }): Promise<EncodedText[]>;
}

/** Turns texts into ids, exactly as Hugging Face's Rust library does. */
export interface TextTokenizer {
  /** Encodes texts with their special tokens, cut to `maxTokens`. Runs off the JavaScript thread. */
  encode(texts: readonly string[], options?: { withTokens?: boolean }): Promise<EncodedText[]>;
  /** A token's id; null for one that it does not know. */
  idOf(token: string): number | null;
  /** The token of an id; '' where there is none. */
  wordOf(id: number): string;
}

/**
 * A text up to this length is read whole, so that its number of tokens is exact. A longer one is read in growing parts until
 * more tokens than fit have come, plus `marginTokens`: tokenisers work from word to word, so what lies behind the cut cannot
 * reach the tokens that stay. Ten million characters would cost ten seconds and, at 600 bytes a token, gigabytes.
 */
const wholeTextUnits = 262_144;
const marginTokens = 256;
/** Parts grow by at most this, which bounds the memory that one step can take. */
const largestStepUnits = 1_048_576;
/** Behind this nothing is read: so much text with so few tokens is nobody's text, and reading on costs minutes. */
const readLimitUnits = 16_777_216;
/** Up to this length a text may be tokenised again and again. */
const smallTextUnits = 4096;
/** Texts of one native call: together they have about this many characters. */
const batchUnits = 1_048_576;

/**
 * Loads a tokenizer. Truncation and padding of the file are dropped, as sentence-transformers sets its own.
 * Throws `INVALID_MODEL_FILE` when the file is no tokenizer, or leaves no room for text in `maxTokens`.
 */
export async function openTokenizer(files: TokenizerFiles, { maxTokens }: { maxTokens: number }): Promise<TextTokenizer> {
  const { file, truncationSide } = files;
  const tokenizer = await load(files);
  const specialCount = (await encodeOne('', true)).getLength() - (await encodeOne('', false)).getLength();
  const room = maxTokens - specialCount;
  if (room < 1) throw new InvalidModelFileError({ file, message: `${specialCount} special tokens leave no room in ${maxTokens} tokens.` });

  async function encodeOne(text: string, addSpecialTokens: boolean): Promise<Encoding> {
    return (await encodeAll([text], addSpecialTokens))[0] as Encoding;
  }

  async function encodeAll(texts: string[], addSpecialTokens = false): Promise<Encoding[]> {
    try {
      return await tokenizer.encodeBatch(texts, { addSpecialTokens });
    } catch (cause) {
      throw new InvalidModelFileError({ file, message: `It cannot encode a text: ${messageOf(cause)}`, cause });
    }
  }

  /** Reads a long text as far as it matters. */
  async function encodeLong(text: string): Promise<{ encoding: Encoding; isWhole: boolean }> {
    const side = truncationSide === 'left' ? 'last' : 'first';
    let units = Math.max(wholeTextUnits, Math.min(maxTokens * 32, largestStepUnits));
    while (true) {
      const part = textPart(text, units, side);
      const encoding = await encodeOne(part, false);
      const isWhole = part.length === text.length;
      if (isWhole || encoding.getLength() > room + marginTokens || units >= readLimitUnits) return { encoding, isWhole };
      units += Math.min(units, largestStepUnits);
    }
  }

  function finish(encoding: Encoding, { isWhole, withTokens }: { isWhole: boolean; withTokens: boolean }): EncodedText {
    const count = encoding.getLength();
    if (count > room) encoding.truncate(room, 0, truncationSide);
    const whole = tokenizer.postProcess(encoding, null, true);
    return {
      ids: Int32Array.from(whole.getIds()),
      typeIds: Int32Array.from(whole.getTypeIds()),
      tokens: withTokens ? whole.getTokens() : null,
      tokensBeforeTruncation: isWhole ? count + specialCount : Math.max(count, room + 1) + specialCount,
      truncated: !isWhole || count > room,
    };
  }

  return {
    idOf: (token) => tokenizer.tokenToId(token) ?? null,
    wordOf: (id) => tokenizer.idToToken(id) ?? '',
    async encode(texts, { withTokens = false } = {}) {
      const done: EncodedText[] = [];
      for (const group of groupsOf(texts)) {
        const [first = ''] = group;
        if (first.length > wholeTextUnits) {
          const { encoding, isWhole } = await encodeLong(first);
          done.push(finish(encoding, { isWhole, withTokens }));
        } else {
          for (const encoding of await encodeAll(group)) done.push(finish(encoding, { isWhole: true, withTokens }));
        }
      }
      return done;
    },
  };
}

/**
 * Loads a tokenizer for pairs, with truncation as transformers sets it; the library cuts by itself, for its ways with the odd
 * token are its own. Throws `INVALID_MODEL_FILE` when the file is no tokenizer, or leaves no room for two texts in `maxTokens`.
 */
export async function openPairTokenizer(files: TokenizerFiles, { maxTokens }: { maxTokens: number }): Promise<PairTokenizer> {
  const { file, truncationSide } = files;
  const cutting = await load(files);
  const special = (await encodePair(cutting, '', '')).getSequenceIds().filter((sequence) => sequence == null).length;
  const room = maxTokens - special;
  if (room < 2)
    throw new InvalidModelFileError({ file, message: `${special} special tokens leave no room for a pair in ${maxTokens} tokens.` });
  cutting.setTruncation(maxTokens, { strategy: 'LongestFirst' as TruncationStrategy, direction: truncationSide, stride: 0 });
  let counting: Promise<Tokenizer> | null = null;

  async function encodePair(tokenizer: Tokenizer, first: string, second: string | null): Promise<Encoding> {
    try {
      return await tokenizer.encode(first, second, { addSpecialTokens: true });
    } catch (cause) {
      throw new InvalidModelFileError({ file, message: `It cannot encode a pair: ${messageOf(cause)}`, cause });
    }
  }

  /** Few callers ask for counts, and a second tokenizer of a large vocabulary takes a hundred megabytes. */
  async function count(first: string, second: string): Promise<number> {
    counting ??= load(files);
    return (await encodePair(await counting, first, second)).getLength();
  }

  /** As much of a long text as can matter: the library would normalise all of it, once for each pair. */
  async function shorten(text: string): Promise<string> {
    const side = truncationSide === 'left' ? 'last' : 'first';
    for (let units = Math.max(smallTextUnits, maxTokens * 32); units < text.length; units *= 2) {
      const part = textPart(text, units, side);
      const isLonger = (await encodePair(cutting, part, null)).getOverflowing().length > 0;
      // Twice as much as is enough: where it is cut, a token may come out otherwise.
      if (isLonger || units >= readLimitUnits) return textPart(text, units * 2, side);
    }
    return text;
  }

  return {
    async encode(first, seconds, { countsTokens = false } = {}) {
      const query = await shorten(first);
      const done: EncodedText[] = [];
      for (const group of groupsOf(seconds)) {
        const pairs = group.map(async (second): Promise<EncodedText> => {
          const encoding = await encodePair(cutting, query, await shorten(second));
          const truncated = encoding.getOverflowing().length > 0;
          const length = encoding.getLength();
          return {
            ids: Int32Array.from(encoding.getIds()),
            typeIds: Int32Array.from(encoding.getTypeIds()),
            tokens: null,
            tokensBeforeTruncation: truncated ? (countsTokens ? await count(first, second) : length + 1) : length,
            truncated,
          };
        });
        done.push(...(await Promise.all(pairs)));
      }
      return done;
    },
  };
}

/** Texts in order, in groups of bounded size; a long text is a group of its own. */
function* groupsOf(texts: readonly string[]): Generator<string[]> {
  let group: string[] = [];
  let units = 0;
  for (const text of texts) {
    const isLong = text.length > wholeTextUnits;
    if (group.length > 0 && (isLong || units + text.length > batchUnits)) {
      yield group;
      group = [];
      units = 0;
    }
    if (isLong) {
      yield [text];
      continue;
    }
    group.push(text);
    units += text.length;
  }
  if (group.length > 0) yield group;
}

async function load({ json, file }: TokenizerFiles): Promise<Tokenizer> {
  const library = await import('tokenizers');
  try {
    const tokenizer = library.Tokenizer.fromString(json);
    tokenizer.disableTruncation();
    tokenizer.disablePadding();
    return tokenizer;
  } catch (cause) {
    throw new InvalidModelFileError({ file, message: `It is not a tokenizer: ${messageOf(cause)}`, cause });
  }
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(0, 300);
}
