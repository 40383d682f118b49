import { isJsonObject, type JsonObject } from '../json-file.ts';
import type { ImagePreprocessing, Interpolation, PixelStep } from './image-preprocessing.ts';
import { inputEdge, invalidField, openAiClip, readMean, readStd, unsupportedImages } from './pixel-fields.ts';

const interpolations: Readonly<Record<string, Interpolation>> = {
  bicubic: 'BICUBIC',
  bilinear: 'BILINEAR',
  // Meant for training; what open_clip evaluates with then is bicubic.
  random: 'BICUBIC',
};

/**
 * How open_clip prepares images for the model of an `open_clip_config.json`: the size is the image tower's, the rest is
 * `preprocess_cfg` over the defaults. Throws `INVALID_MODEL_FILE`, or `UNSUPPORTED_MODEL` for images that are not RGB.
 *
 * Reference: open_clip, `transform.py` (`PreprocessCfg`, `image_transform`) and `factory.py` (`create_model`).
 *
 * @param config the whole file: `model_cfg` and, where it has one, `preprocess_cfg`.
 * @param file its name, for messages.
 */
export function readOpenClipPreprocessing(config: JsonObject, file: string): ImagePreprocessing {
  const fields = objectField(config, 'preprocess_cfg', file);
  const tower = objectField(objectField(config, 'model_cfg', file), 'vision_cfg', file);
  const { mode = 'RGB' } = fields;
  if (mode !== null && mode !== 'RGB') throw unsupportedImages(`Its images are of the mode ${JSON.stringify(mode)}.`);
  const [height, width] = readSize(tower.image_size ?? fields.size ?? 224, file);
  return {
    steps: [...readSteps(fields, { width, height }, file), { type: 'toRgb' }],
    width,
    height,
    rescale: 1 / 255,
    mean: readMean(fields, 'mean', openAiClip.mean, file),
    std: readStd(fields, 'std', openAiClip.std, file),
  };
}

function readSteps(fields: JsonObject, size: { width: number; height: number }, file: string): PixelStep[] {
  const name = fields.interpolation ?? 'bicubic';
  const interpolation = typeof name === 'string' && Object.hasOwn(interpolations, name) ? interpolations[name] : undefined;
  if (!interpolation) throw invalidField(file, 'preprocess_cfg.interpolation', 'bicubic, bilinear or random', name);
  const mode = fields.resize_mode ?? 'shortest';
  switch (mode) {
    case 'squash':
      return [{ type: 'resize', size: { type: 'exact', ...size }, interpolation }];
    case 'longest': {
      const crop = { type: 'centerCrop', ...size, fill: readFill(fields, file), placement: 'TORCHVISION' } as const;
      return [{ type: 'resize', size: { type: 'longest', ...size }, interpolation }, crop];
    }
    case 'shortest': {
      const crop = { type: 'centerCrop', ...size, fill: 0, placement: 'TORCHVISION' } as const;
      if (size.width === size.height) return [{ type: 'resize', size: { type: 'shortest', edge: size.width }, interpolation }, crop];
      // open_clip does not hand its interpolation on here.
      return [{ type: 'resize', size: { type: 'cover', ...size }, interpolation: 'BICUBIC' }, crop];
    }
    default:
      throw invalidField(file, 'preprocess_cfg.resize_mode', 'shortest, longest or squash', mode);
  }
}

/** Height and width from one number or two. */
function readSize(value: unknown, file: string): [number, number] {
  const name = 'image_size';
  if (!Array.isArray(value)) return [inputEdge(value, name, file), inputEdge(value, name, file)];
  const [height, width = height] = value;
  if (value.length < 1 || value.length > 2) throw invalidField(file, name, 'one number or two', value);
  return [inputEdge(height, name, file), inputEdge(width, name, file)];
}

function readFill(fields: JsonObject, file: string): number {
  const value = fields.fill_color ?? 0;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255) return value;
  throw invalidField(file, 'preprocess_cfg.fill_color', 'a whole number of 0 to 255', value);
}

function objectField(object: JsonObject, name: string, file: string): JsonObject {
  const value = object[name] ?? {};
  if (isJsonObject(value)) return value;
  throw invalidField(file, name, 'an object', value);
}
