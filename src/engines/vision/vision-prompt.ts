import { InvalidImageError, InvalidInputError } from '../../errors.ts';
import type { PromptSegment } from '../chat/chat.ts';
import { openImage } from '../image/decode.ts';
import type { ImageLimits } from '../image/image-preprocessor.ts';
import { UndecodableImage } from '../image/opened-image.ts';
import { toRgb } from '../image/raster-image.ts';
import { createPromptTokenizer } from '../llama/prompt-tokenizer.ts';
import type { LibraryProcessor, LibraryTensor, VisionLibrary } from './library.ts';
import type { VisionFamily } from './vision-family.ts';

/** An image as the model takes it. */
export interface PreparedImage {
  /** What its graph is fed, by name. */
  readonly tensors: Readonly<Record<string, LibraryTensor>>;
  /** What stands in the prompt for it: a token for each row that the graph makes of it. */
  readonly places: string;
}

/** Makes prompts of text and images into what the model reads. */
export interface VisionPrompts {
  /** Decodes an image, and prepares it. Throws INVALID_IMAGE with the index. */
  prepareImage(bytes: Uint8Array, index: number): Promise<PreparedImage>;
  /** Tokens of a prompt; one that is far too long is answered with a list that has its length alone. Throws INVALID_INPUT. */
  tokenize(segments: readonly PromptSegment[], images: readonly PreparedImage[]): number[];
  /** Tokens that an image takes beside those in the text: its encoder's, where it has one. */
  readonly hiddenTokensPerImage: number;
}

export interface VisionPromptOptions {
  library: VisionLibrary;
  processor: LibraryProcessor;
  family: VisionFamily;
  limits: ImageLimits;
  contextSize: number;
  /** Whether what its tokenizer puts at the end of a text belongs there: a decoder must go on from there. */
  isEncoderDecoder: boolean;
}

/** Takes the processor over: its tokenizer is asked from here alone. */
export function createVisionPrompts(options: VisionPromptOptions): VisionPrompts {
  const { library, processor, family, limits, contextSize, isEncoderDecoder } = options;
  const { tokenizer } = processor;
  if (!tokenizer) throw new Error('The processor has no tokenizer.');
  const plain = (text: string) => tokenizer.encode(text, { add_special_tokens: false });
  const { before, after } = frameOf(tokenizer.encode('a', { add_special_tokens: true }), plain('a'));
  let processed = '';
  // It shall say what it makes of an image's place; the text around that is not its business.
  processor.components.tokenizer = Object.assign(
    (texts: string | string[]) => {
      processed = [texts].flat()[0] ?? '';
      return {};
    },
    { config: tokenizer.config, bos_token: tokenizer.bos_token },
  );

  function tokenizePrompt(segments: readonly PromptSegment[]): number[] {
    const tokens: number[] = [];
    for (const { text } of segments) for (const token of plain(text)) tokens.push(token);
    const isBegun = before.length > 0 && before.every((token, place) => tokens[place] === token);
    return [...(isBegun ? [] : before), ...tokens, ...(isEncoderDecoder ? after : [])];
  }
  const tokenizeBounded = createPromptTokenizer({ tokenizePrompt }, contextSize);

  return {
    hiddenTokensPerImage: family.placeholder === null ? hiddenTokens(processor) : 0,
    async prepareImage(bytes, index) {
      const image = library.toImage(await decode(bytes, index, limits));
      const text = family.placeholder ?? 'a';
      const made = await (family.isImageFirst ? processor(image, text) : processor(text, image));
      const tensors = Object.entries(made).filter((entry): entry is [string, LibraryTensor] => isTensor(entry[1]));
      return { tensors: Object.fromEntries(tensors), places: family.placeholder === null ? '' : family.placesOf(processed) };
    },
    tokenize(segments, images) {
      if (images.length > family.maxImages) {
        throw new InvalidInputError({ field: 'input.images', message: `expected at most ${family.maxImages}, which is all that it sees.` });
      }
      const characters = segments.reduce((sum, { text }) => sum + text.length, 0);
      // Long before images add to it.
      if (characters > longCharacters) {
        const counted = tokenizeBounded(segments);
        if (counted.length >= contextSize) return counted;
      }
      return tokenizePrompt(framed(placed(segments, images, family), family));
    },
  };
}

const longCharacters = 32_768;

async function decode(bytes: Uint8Array, index: number, limits: ImageLimits) {
  try {
    const image = await openImage(bytes, limits);
    return toRgb(await image.decode({ toRgb: true }));
  } catch (cause) {
    if (!(cause instanceof UndecodableImage)) throw cause;
    throw new InvalidImageError({ index, reason: cause.message, cause });
  }
}

/** What the tokenizer puts around a text. */
function frameOf(whole: readonly number[], inner: readonly number[]): { before: number[]; after: number[] } {
  const start = whole.findIndex((_, place) => inner.every((token, offset) => whole[place + offset] === token));
  if (start < 0) return { before: [], after: [] };
  return { before: whole.slice(0, start), after: whole.slice(start + inner.length) };
}

/** Each image at its place, in order; in front of it all where a prompt has no places. */
function placed(
  segments: readonly PromptSegment[],
  images: readonly PreparedImage[],
  { placeholder, mark }: VisionFamily,
): PromptSegment[] {
  if (placeholder === null) return [...segments];
  const isPlace = ({ parsesSpecialTokens }: PromptSegment) => parsesSpecialTokens;
  const count = segments.filter(isPlace).reduce((sum, { text }) => sum + text.split(placeholder).length - 1, 0);
  const complete =
    count === 0 && images.length > 0 ? [{ text: mark.repeat(images.length), parsesSpecialTokens: true }, ...segments] : [...segments];
  if (count !== 0 && count !== images.length) {
    throw new InvalidInputError({
      field: 'input.images',
      message: `expected one for each ${placeholder} of the prompt, which has ${count}; got ${images.length}.`,
    });
  }
  const left = images.map(({ places }) => places);
  return complete.map((segment) => {
    if (!isPlace(segment)) return segment;
    const [first = '', ...rest] = segment.text.split(placeholder);
    return { ...segment, text: first + rest.map((text) => (left.shift() ?? '') + text).join('') };
  });
}

/** Neighbours that are both special or not are one text: a cut between them would be a cut between tokens. */
function framed(segments: readonly PromptSegment[], { frame }: VisionFamily): PromptSegment[] {
  const joined: PromptSegment[] = [];
  for (const segment of segments) {
    const last = joined.at(-1);
    if (last?.parsesSpecialTokens && segment.parsesSpecialTokens) last.text += segment.text;
    else joined.push({ ...segment });
  }
  const [only] = joined;
  return joined.length <= 1 ? [{ text: frame(only?.text ?? ''), parsesSpecialTokens: true }] : joined;
}

function hiddenTokens({ image_processor: images, config }: LibraryProcessor): number {
  const found = images?.config.image_seq_length ?? config.image_seq_length;
  return typeof found === 'number' && found > 0 ? found : 0;
}

function isTensor(value: unknown): value is LibraryTensor {
  return typeof value === 'object' && value !== null && 'dims' in value && 'type' in value;
}
