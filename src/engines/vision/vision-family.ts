import type { LibraryProcessor } from './library.ts';

/** How one family of models is told of images; their processors differ in that. */
export interface VisionFamily {
  /** Whether its processor takes the image before the text. */
  readonly isImageFirst: boolean;
  /** The text that its processor makes the places of an image's tokens from; null where images have no place in the text. */
  readonly placeholder: string | null;
  /** What stands for an image in a raw prompt. */
  readonly mark: string;
  /** The most images of one prompt. */
  readonly maxImages: number;
  /** The places of one image's tokens, of what its processor made of the placeholder alone. */
  readonly placesOf: (processed: string) => string;
  /** What is done to a whole prompt, whose images have their places. */
  readonly frame: (text: string) => string;
  /** Whether special tokens are part of what it says: coordinates, for one. */
  readonly showsSpecialTokens: boolean;
}

const usual = {
  isImageFirst: false,
  maxImages: Number.POSITIVE_INFINITY,
  placesOf: (processed: string) => processed,
  frame: (text: string) => text,
  showsSpecialTokens: false,
};

/** Reference: transformers.js, `models/<name>/processing_*.js`. */
export function visionFamily(modelType: string, processor: LibraryProcessor): VisionFamily {
  const ofProcessor = (name: string, fallback: string) =>
    textOf(processor.config[name]) ?? textOf(processor.tokenizer?.config[name]) ?? fallback;
  switch (modelType) {
    case 'qwen2_vl':
    case 'qwen2_5_vl':
    case 'qwen3_vl':
    case 'qwen3_vl_moe':
    case 'qwen3_5':
    case 'qwen3_5_moe':
      return { ...usual, placeholder: '<|image_pad|>', mark: '<|vision_start|><|image_pad|><|vision_end|>' };
    case 'glm_ocr':
      return { ...usual, placeholder: '<|image|>', mark: '<|begin_of_image|><|image|><|end_of_image|>' };
    case 'gemma3':
      return placed(ofProcessor('boi_token', '<start_of_image>'));
    case 'gemma3n':
      return placed(ofProcessor('image_token', '<image_soft_token>'));
    case 'gemma4':
      return placed(ofProcessor('image_token', '<|image|>'));
    case 'idefics3':
    case 'smolvlm':
      return placed('<image>');
    case 'mistral3':
    case 'lighton_ocr':
      return { ...placed(ofProcessor('image_token', '[IMG]')), isImageFirst: true };
    case 'paligemma':
      return paliGemma(processor);
    case 'florence2':
      return florence(processor);
    default:
      return { ...placed(ofProcessor('image_token', '<image>')), isImageFirst: true };
  }
}

function placed(placeholder: string): VisionFamily {
  return { ...usual, placeholder, mark: `${placeholder}\n` };
}

/** Images come first, then the beginning of the text, and a new line at its end. */
function paliGemma({ tokenizer }: LibraryProcessor): VisionFamily {
  const image = '<image>';
  const endOfImages = (text: string) => {
    const last = text.lastIndexOf(image);
    return last < 0 ? 0 : last + image.length;
  };
  return {
    ...usual,
    isImageFirst: true,
    placeholder: image,
    mark: image,
    placesOf: (processed) => processed.slice(0, endOfImages(processed)),
    frame: (text) => `${text.slice(0, endOfImages(text))}${tokenizer?.bos_token ?? ''}${text.slice(endOfImages(text))}\n`,
  };
}

/** Its encoder puts the image in front of the text. */
function florence(processor: LibraryProcessor): VisionFamily {
  return {
    ...usual,
    isImageFirst: true,
    placeholder: null,
    mark: '',
    maxImages: 1,
    frame: (text) => processor.construct_prompts?.(text)[0] ?? text,
    showsSpecialTokens: true,
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
