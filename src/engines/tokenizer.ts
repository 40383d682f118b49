import type { Encoding, Tokenizer } from 'tokenizers';
import { InvalidModelFileError } from '../errors.ts';
import type { TokenizerFiles } from '../formats/tokenizer-files.ts';
import { cutPair } from './cut-pair.ts';
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

/** Turns texts into ids, exactly as Hugging Face's Rust library does. */
export interface TextTokenizer {
  /** Encodes texts with their special tokens, cut to `maxTokens`. Runs off the JavaScript thread. */
  encode(texts: readonly string[], options?: { withTokens?: boolean }): Promise<EncodedText[]>;
  /**
   * Encodes pairs of `first` with each of `seconds` (an empty text makes a pair too), cut longest first to `maxTokens`.
   * Throws `INVALID_MODEL_FILE` when the special tokens of a pair leave no room for text.
   */
  encodePairs(first: string, seconds: readonly string[]): Promise<EncodedText[]>;
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

/** A text of a pair, as far as it is read. */
interface PairText {
  readonly text: string;
  /** Its tokens, a lower bound where it was not read whole; null where the pair's encoding tells. */
  readonly length: number | null;
  readonly isWhole: boolean;
}

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

  /** The native library takes no list of pairs. */
  async function encodePair(first: string, second: string): Promise<Encoding> {
    try {
      return await tokenizer.encode(first, second, { addSpecialTokens: true });
    } catch (cause) {
      throw new InvalidModelFileError({ file, message: `It cannot encode a pair: ${messageOf(cause)}`, cause });
    }
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

  /** What of a text can matter for a pair, and how many tokens it has; only where it is longer than `units`. */
  async function shorten(text: string, units: number): Promise<PairText> {
    if (text.length <= units) return { text, length: null, isWhole: true };
    const side = truncationSide === 'left' ? 'last' : 'first';
    const { encoding, isWhole } =
      text.length > wholeTextUnits ? await encodeLong(text) : { encoding: await encodeOne(text, false), isWhole: true };
    const length = encoding.getLength();
    for (let size = units; size < text.length && size < readLimitUnits; size *= 2) {
      const part = textPart(text, size, side);
      if ((await encodeOne(part, false)).getLength() > maxTokens + marginTokens) return { text: part, length, isWhole };
    }
    return { text: textPart(text, readLimitUnits, side), length, isWhole };
  }

  function finishPair(encoding: Encoding, first: PairText, second: PairText): EncodedText {
    const [ids, typeIds, sequences] = [encoding.getIds(), encoding.getTypeIds(), encoding.getSequenceIds()];
    const held = (text: number): number => sequences.filter((sequence) => sequence === text).length;
    const lengths = [first.length ?? held(0), second.length ?? held(1)] as const;
    const pair = cutPair({ ids, typeIds, sequences }, { lengths, maxTokens, side: truncationSide });
    if (!pair) throw new InvalidModelFileError({ file, message: `The special tokens of a pair leave no room in ${maxTokens} tokens.` });
    const tokensBeforeTruncation = ids.length - held(0) - held(1) + lengths[0] + lengths[1];
    const truncated = !first.isWhole || !second.isWhole || tokensBeforeTruncation > maxTokens;
    return { ...pair, tokens: null, tokensBeforeTruncation, truncated };
  }

  return {
    async encodePairs(first, seconds) {
      // It is tokenised again with each of the others, so a long one is cut where the others are read whole.
      const query = await shorten(first, Math.max(smallTextUnits, maxTokens * 32));
      const done: EncodedText[] = [];
      for (const group of groupsOf(seconds)) {
        const pairs = group.map(async (text) => {
          const document = await shorten(text, wholeTextUnits);
          return finishPair(await encodePair(query.text, document.text), query, document);
        });
        done.push(...(await Promise.all(pairs)));
      }
      return done;
    },
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
