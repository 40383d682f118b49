import type { Interpolation } from './image-preprocessing.ts';
import { imageNetDefault, imageNetStandard, openAiClip, type Triple } from './pixel-fields.ts';

/** What an image processor does where its file says nothing. */
export interface ProcessorDefaults {
  /** Null where the class has none, and the file must say it. */
  readonly size: number | { readonly height: number; readonly width: number } | null;
  /** Whether a size that is one number means both edges, and not the shorter one. */
  readonly isSquare: boolean;
  /** Edge of the square that is cut out of the middle; null where the class cuts nothing out unless told. */
  readonly cropEdge: number | null;
  readonly interpolation: Interpolation;
  readonly mean: Triple;
  readonly std: Triple;
}

const clip: ProcessorDefaults = { size: 224, isSquare: false, cropEdge: 224, interpolation: 'BICUBIC', ...openAiClip };
const vit: ProcessorDefaults = { size: 224, isSquare: true, cropEdge: null, interpolation: 'BILINEAR', ...imageNetStandard };
const mobileNet: ProcessorDefaults = { size: 256, isSquare: false, cropEdge: 224, interpolation: 'BILINEAR', ...imageNetStandard };

/**
 * By the names of the classes without `ImageProcessor` or `FeatureExtractor`: those that resize, crop and normalise and do nothing else.
 *
 * Reference: transformers, `models/*\/image_processing_*.py`.
 */
const processors: Readonly<Record<string, ProcessorDefaults>> = {
  CLIP: clip,
  ChineseCLIP: clip,
  Bit: clip,
  ViT: vit,
  DINOv3ViT: { ...vit, ...imageNetDefault },
  Pvt: { ...vit, interpolation: 'BICUBIC', ...imageNetDefault },
  Siglip: { ...vit, interpolation: 'BICUBIC' },
  Blip: { ...vit, size: 384, interpolation: 'BICUBIC', ...openAiClip },
  Beit: { ...vit, interpolation: 'BICUBIC' },
  DeiT: { ...vit, size: 256, cropEdge: 224, interpolation: 'BICUBIC' },
  ConvNext: { ...clip, size: 384, cropEdge: null, ...imageNetStandard },
  EfficientNet: { ...vit, size: 346, interpolation: 'BICUBIC' },
  MobileNetV1: mobileNet,
  MobileNetV2: mobileNet,
};

/** Classes that do something else with an image, e.g. swap its channels or cut it into patches. */
const others: ReadonlySet<string> = new Set(['Siglip2', 'MobileViT', 'Levit', 'PoolFormer', 'Perceiver', 'Flava', 'Segformer', 'Swin2SR']);

/** An image processor's class, by the parts of its name. */
export interface ProcessorClass {
  /** E.g. `CLIP`; empty where the file names none. */
  readonly family: string;
  /** Whether it is one on torchvision, which crops a little differently. */
  readonly isFast: boolean;
  /** What it does by default; null for a class that does something else with an image. */
  readonly defaults: ProcessorDefaults | null;
}

/** Finds a class by its name, e.g. `CLIPImageProcessorFast` or `ViTFeatureExtractor`. One that is not known does what its file says. */
export function processorClass(name: string): ProcessorClass {
  const family = name.replace(/(?:ImageProcessor|FeatureExtractor)(?:Fast|Pil)?$/, '');
  const isFast = name.endsWith('Fast');
  if (others.has(family)) return { family, isFast, defaults: null };
  const known = Object.hasOwn(processors, family) ? processors[family] : undefined;
  return { family, isFast, defaults: known ?? { ...vit, size: null } };
}
