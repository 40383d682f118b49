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
  { readonly type: 'toRgb' } | { readonly type: 'resize'; readonly size: ResizeSize; readonly interpolation: Interpolation } | CenterCrop;

/** Cuts out the middle, or puts the image in the middle of `fill` where it is smaller. */
export interface CenterCrop {
  readonly type: 'centerCrop';
  readonly width: number;
  readonly height: number;
  /** A number is every channel's value, of an image with a palette its index; three are a colour's R, G, B. Values are of 0 to 255. */
  readonly fill: number | readonly [number, number, number];
  /**
   * Where the middle is when it falls between two pixels. TORCHVISION: rounds half to even, pads the shorter side first. TRANSFORMERS:
   * towards the top left, pads the longer side first. TRANSFORMERS_FAST: towards the top left, pads the shorter side first.
   */
  readonly placement: 'TORCHVISION' | 'TRANSFORMERS' | 'TRANSFORMERS_FAST';
}

export type ResizeSize =
  /** Both edges to these. */
  | { readonly type: 'exact'; readonly width: number; readonly height: number }
  /** The shorter edge to this, the other one by torchvision's rule. */
  | { readonly type: 'shortest'; readonly edge: number }
  /** Just inside the box, by open_clip's and timm's ResizeKeepRatio with longest = 1. */
  | { readonly type: 'longest'; readonly width: number; readonly height: number }
  /** Just covering the box, by the same with longest = 0. */
  | { readonly type: 'cover'; readonly width: number; readonly height: number };

/** Pillow's filters; all but NEAREST with antialiasing. */
export type Interpolation = 'NEAREST' | 'BOX' | 'BILINEAR' | 'HAMMING' | 'BICUBIC' | 'LANCZOS';
