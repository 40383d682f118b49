import { jsonFields } from '../json-fields.ts';
import { isJsonObject, type JsonObject } from '../json-file.ts';
import type { CenterCrop, ImagePreprocessing, Interpolation, PixelStep } from './image-preprocessing.ts';
import { edgeBeforeCrop, inputEdge, invalidField, readMean, readStd, type Triple, unsupportedImages } from './pixel-fields.ts';
import { type ProcessorClass, type ProcessorDefaults, processorClass } from './transformers-processors.ts';

/** Pillow's numbers of its filters. */
const resampleCodes: readonly Interpolation[] = ['NEAREST', 'LANCZOS', 'BILINEAR', 'BICUBIC', 'BOX', 'HAMMING'];

/**
 * How transformers prepares images by a `preprocessor_config.json` (or the `image_processor` of a `processor_config.json`). Throws
 * `INVALID_MODEL_FILE`, or `UNSUPPORTED_MODEL` for a class that does other things, and where not every image gets the same size.
 *
 * Reference: transformers 4.49, `image_transforms.py`, `image_processing_utils.py` and the classes of `models/*`.
 *
 * @param config the whole file; empty where the repository has none.
 * @param file its name, for messages.
 * @param imageSize the tower's own edge in pixels, for a file and a class that say none.
 * @param defaultProcessor the class that transformers takes for the model's type, where the file names none.
 */
export function readTransformersPreprocessing(
  config: JsonObject,
  file: string,
  { imageSize, defaultProcessor = '' }: { imageSize: number; defaultProcessor?: string },
): ImagePreprocessing {
  const object = isJsonObject(config.image_processor) ? config.image_processor : config;
  const fields = jsonFields(object, file);
  const name = fields.string('image_processor_type', { default: fields.string('feature_extractor_type', { default: defaultProcessor }) });
  const processor = processorClass(name);
  const { family, defaults } = processor;
  if (!defaults) throw unsupportedImages(`${name} is none of the image processors that are known here.`);
  const { steps, ...size } =
    family === 'ConvNext' ? readConvNextSteps(object, processor, file) : readSteps(object, { processor, defaults, imageSize }, file);
  return { steps: [{ type: 'toRgb' }, ...steps], ...size, ...readNumbers(object, { family, defaults }, file) };
}

interface Steps {
  steps: PixelStep[];
  width: number;
  height: number;
}

function readSteps(
  object: JsonObject,
  { processor, defaults, imageSize }: { processor: ProcessorClass; defaults: ProcessorDefaults; imageSize: number },
  file: string,
): Steps {
  const fields = jsonFields(object, file);
  const steps: PixelStep[] = [];
  let result: { width: number; height: number } | null = null;
  if (fields.boolean('do_resize', { default: true })) {
    const value = object.size ?? defaults.size ?? imageSize;
    const size = readSize(value, { isSquare: defaults.isSquare, edge: edgeBeforeCrop }, file);
    if (size.type === 'exact') result = { width: size.width, height: size.height };
    steps.push({ type: 'resize', size, interpolation: readInterpolation(object, defaults, file) });
  }
  if (fields.boolean('do_center_crop', { default: defaults.cropEdge !== null })) {
    const value = object.crop_size ?? defaults.cropEdge ?? imageSize;
    const size = readSize(value, { isSquare: true, edge: inputEdge, name: 'crop_size' }, file);
    if (size.type !== 'exact') throw invalidField(file, 'crop_size', 'a number or {height, width}', object.crop_size);
    result = { width: size.width, height: size.height };
    steps.push(centerCrop(result, processor));
  }
  if (!result) throw unsupportedImages('Its image processor leaves images at sizes of their own.');
  return { steps, width: inputEdge(result.width, 'size', file), height: inputEdge(result.height, 'size', file) };
}

/** ConvNext cuts the middle out of what is resized by `crop_pct`, and from 384 pixels on distorts instead. */
function readConvNextSteps(object: JsonObject, processor: ProcessorClass, file: string): Steps {
  const fields = jsonFields(object, file);
  const { defaults } = processor;
  if (!defaults || !fields.boolean('do_resize', { default: true })) {
    throw unsupportedImages('Its image processor leaves images at sizes of their own.');
  }
  const size = readSize(object.size ?? defaults.size, { isSquare: false, edge: inputEdge }, file);
  const edge = size.type === 'shortest' ? size.edge : size.height;
  const interpolation = readInterpolation(object, defaults, file);
  const square = { width: edge, height: edge };
  if (edge >= 384) return { steps: [{ type: 'resize', size: { type: 'exact', ...square }, interpolation }], ...square };
  const shortest = Math.trunc(edge / fields.number('crop_pct', { default: 224 / 256 }));
  const resize = { type: 'shortest', edge: edgeBeforeCrop(shortest, 'size / crop_pct', file) } as const;
  return { steps: [{ type: 'resize', size: resize, interpolation }, centerCrop(square, processor)], ...square };
}

function readSize(
  value: unknown,
  { isSquare, edge, name = 'size' }: { isSquare: boolean; edge: typeof inputEdge; name?: string },
  file: string,
) {
  if (typeof value === 'number') {
    const length = edge(value, name, file);
    return isSquare ? ({ type: 'exact', width: length, height: length } as const) : ({ type: 'shortest', edge: length } as const);
  }
  const { height, width, ...others } = Array.isArray(value) ? { height: value[0], width: value[1] } : isJsonObject(value) ? value : {};
  if (height !== undefined || width !== undefined) {
    return { type: 'exact', width: edge(width, `${name}.width`, file), height: edge(height, `${name}.height`, file) } as const;
  }
  const { shortest_edge: shortest, ...limits } = others as JsonObject;
  if (Object.values(limits).some((limit) => limit !== null)) {
    throw unsupportedImages(`Its image processor resizes by ${Object.keys(limits).join(' and ')}.`);
  }
  return { type: 'shortest', edge: edge(shortest, `${name}.shortest_edge`, file) } as const;
}

function readInterpolation(object: JsonObject, defaults: ProcessorDefaults, file: string): Interpolation {
  const fields = jsonFields(object, file);
  const code = fields.integer('resample', { max: resampleCodes.length - 1, default: resampleCodes.indexOf(defaults.interpolation) });
  return resampleCodes[code] ?? defaults.interpolation;
}

function centerCrop(size: { width: number; height: number }, { isFast }: ProcessorClass): CenterCrop {
  return { type: 'centerCrop', ...size, fill: 0, placement: isFast ? 'TRANSFORMERS_FAST' : 'TRANSFORMERS' };
}

function readNumbers(object: JsonObject, { family, defaults }: { family: string; defaults: ProcessorDefaults }, file: string) {
  const fields = jsonFields(object, file);
  const rescales = fields.boolean('do_rescale', { default: true });
  const rescale = rescales ? fields.number('rescale_factor', { default: 1 / 255 }) : 1;
  const normalizes = fields.boolean('do_normalize', { default: true });
  const given = readStd(object, 'image_std', defaults.std, file);
  const mean = normalizes ? readMean(object, 'image_mean', defaults.mean, file) : ([0, 0, 0] as const);
  const std = normalizes ? given : ([1, 1, 1] as const);
  if (family !== 'EfficientNet') return { rescale, mean, std };
  const offset = rescales && fields.boolean('rescale_offset', { default: false }) ? 1 : 0;
  const normalizesAgain = fields.boolean('include_top', { default: true });
  return {
    rescale,
    mean: mapTriple(mean, (value) => value + offset),
    std: mapTriple(std, (value, channel) => value * (normalizesAgain ? (given[channel] ?? 1) : 1)),
  };
}

function mapTriple([red, green, blue]: Triple, one: (value: number, channel: number) => number): Triple {
  return [one(red, 0), one(green, 1), one(blue, 2)];
}
