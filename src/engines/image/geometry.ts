import type { CenterCrop, ResizeSize } from '../../formats/preprocessing/image-preprocessing.ts';
import { roundHalfToEven } from '../../formats/preprocessing/round-half-to-even.ts';
import type { Span } from './pillow-weights.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size that an image is resized to. Reference: torchvision's `Resize`, open_clip's and timm's `ResizeKeepRatio`. */
export function resizedSize({ width, height }: Size, size: ResizeSize): Size {
  switch (size.type) {
    case 'exact':
      return size;
    case 'shortest': {
      const long = Math.trunc((size.edge * Math.max(width, height)) / Math.min(width, height));
      return width <= height ? { width: size.edge, height: long } : { width: long, height: size.edge };
    }
    case 'longest':
    case 'cover': {
      const ratios = [width / size.width, height / size.height] as const;
      const ratio = size.type === 'longest' ? Math.max(...ratios) : Math.min(...ratios);
      // What is very thin has one pixel; the libraries fail on it.
      return { width: Math.max(1, roundHalfToEven(width / ratio)), height: Math.max(1, roundHalfToEven(height / ratio)) };
    }
    default:
      return size satisfies never;
  }
}

/** What a crop takes of one axis, and how many pixels of padding come before that. */
export interface CropSpan extends Span {
  readonly before: number;
}

/** What a centered crop of `cropSize` pixels takes of an axis of `size`. */
export function cropSpan(size: number, cropSize: number, placement: CenterCrop['placement']): CropSpan {
  const offset = cropOffset((size - cropSize) / 2, placement);
  const start = Math.max(offset, 0);
  return { start, count: Math.min(size, offset + cropSize) - start, before: Math.max(-offset, 0) };
}

/** The crop's first pixel; negative where there is padding. */
function cropOffset(half: number, placement: CenterCrop['placement']): number {
  switch (placement) {
    case 'TORCHVISION':
      return half < 0 ? Math.ceil(half) : roundHalfToEven(half);
    case 'TRANSFORMERS':
      return Math.floor(half);
    case 'TRANSFORMERS_FAST':
      return Math.trunc(half);
    default:
      return placement satisfies never;
  }
}
