/**
 * What becomes of a decoded image before a model sees it: steps on 8-bit pixels in order, then numbers. Plain data: it crosses
 * threads. Each library's configuration is read into this by a file beside it.
 */
export interface ImagePreprocessing {
  readonly steps: readonly PixelStep[];
  /** Size of the result in pixels, whatever came in. */
  readonly width: number;
  readonly height: number;
  /** Each 8-bit value is multiplied by it, then `mean` is taken off and `std` divided by; one value per channel R, G, B. */
  readonly rescale: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

export type PixelStep =
  /** As Pillow's `convert('RGB')`: alpha is dropped, a palette looked up. open_clip does it last, others first: see golden/README.md. */
  | { readonly type: 'toRgb' }
  | { readonly type: 'resize'; readonly size: ResizeSize; readonly interpolation: Interpolation }
  /** Cuts out the middle, or puts the image in the middle of `fill` where it is smaller. */
  | { readonly type: 'centerCrop'; readonly width: number; readonly height: number; readonly fill: number };

export type ResizeSize =
  /** Both edges to these. */
  | { readonly type: 'exact'; readonly width: number; readonly height: number }
  /** The shorter edge to this, the other one by torchvision's rule. */
  | { readonly type: 'shortest'; readonly edge: number }
  /** The longer edge fits into the box, the other one by open_clip's ResizeKeepRatio. */
  | { readonly type: 'longest'; readonly width: number; readonly height: number };

/** Pillow's filters; all but NEAREST with antialiasing. */
export type Interpolation = 'NEAREST' | 'BOX' | 'BILINEAR' | 'HAMMING' | 'BICUBIC' | 'LANCZOS';
