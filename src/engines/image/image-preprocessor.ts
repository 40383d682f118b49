import type { ModelkeepError } from '../../errors.ts';
import type { ImagePreprocessing } from '../../formats/preprocessing/image-preprocessing.ts';

/** Turns encoded images into a model's input, in threads of its own: the runner's main thread is busy with inference meanwhile. */
export interface ImagePreprocessor extends AsyncDisposable {
  /**
   * Decodes images (JPEG, PNG, WebP, GIF, TIFF, AVIF) and makes them ready. Answers one entry per image, in order; an entry that is an error is that image's
   * alone: INVALID_IMAGE with its index, or RUNNER_CRASHED where its thread died. Throws CANCELED where the signal is aborted.
   */
  prepare(
    images: readonly Uint8Array[],
    options: { firstIndex: number; signal?: AbortSignal },
  ): Promise<(PreparedPixels | ModelkeepError)[]>;
}

/** An image that is ready for the model. */
export interface PreparedPixels {
  /** `3 × height × width` values: all of R, then G, then B, each row after row. */
  readonly pixels: Float32Array;
  readonly width: number;
  readonly height: number;
}

export interface PreprocessorOptions {
  readonly preprocessing: ImagePreprocessing;
  /** The most images that are worked on at once; each may take a core. */
  readonly threads: number;
  /** Resize with the decoder's own filters: faster, and not the reference's pixels. Default false. */
  readonly fast?: boolean;
  readonly limits?: Partial<ImageLimits>;
}

/** What an image may have; one that has more is INVALID_IMAGE. */
export interface ImageLimits {
  /** Encoded, as it comes. */
  readonly maxBytes: number;
  /** Once decoded. */
  readonly maxPixels: number;
}

export const defaultImageLimits: ImageLimits = { maxBytes: 20_000_000, maxPixels: 50_000_000 };
