import { isJsonObject, type JsonObject } from '../json-file.ts';
import type { CenterCrop, ImagePreprocessing, Interpolation, PixelStep } from './image-preprocessing.ts';
import {
  edgeBeforeCrop,
  imageNetDefault,
  inputEdge,
  invalidField,
  readMean,
  readStd,
  type Triple,
  unsupportedImages,
} from './pixel-fields.ts';
import { roundHalfToEven } from './round-half-to-even.ts';

const interpolations: Readonly<Record<string, Interpolation>> = {
  nearest: 'NEAREST',
  box: 'BOX',
  bilinear: 'BILINEAR',
  hamming: 'HAMMING',
  bicubic: 'BICUBIC',
  lanczos: 'LANCZOS',
};

const defaultCropPct = 0.875;

/**
 * How timm prepares images for the model of a `config.json`, for evaluation at the size that it was trained with. Throws
 * `INVALID_MODEL_FILE`, or `UNSUPPORTED_MODEL` for images that are not of three channels.
 *
 * Reference: timm, `data/config.py` (`resolve_data_config`), `data/transforms_factory.py` (`transforms_imagenet_eval`) and
 * `models/_hub.py` (`load_model_config_from_hf`).
 *
 * @param config the whole file: with `pretrained_cfg`, or with its fields at the top as older files have them.
 * @param file its name, for messages.
 */
export function readTimmPreprocessing(config: JsonObject, file: string): ImagePreprocessing {
  const fields = isJsonObject(config.pretrained_cfg) ? config.pretrained_cfg : config;
  const [height, width] = readInputSize(fields, isJsonObject(config.model_args) ? config.model_args : {}, file);
  const mean = readMean(fields, 'mean', imageNetDefault.mean, file);
  const std = readStd(fields, 'std', imageNetDefault.std, file);
  const steps = readSteps(fields, { width, height, mean }, file);
  return { steps: [{ type: 'toRgb' }, ...steps], width, height, rescale: 1 / 255, mean, std };
}

function readSteps(
  fields: JsonObject,
  { width, height, mean }: { width: number; height: number; mean: Triple },
  file: string,
): PixelStep[] {
  const name = fields.interpolation || 'bicubic';
  const interpolation = typeof name === 'string' && Object.hasOwn(interpolations, name) ? interpolations[name] : undefined;
  if (!interpolation) throw invalidField(file, 'interpolation', `one of ${Object.keys(interpolations).join(', ')}`, name);
  const cropPct = fields.crop_pct || defaultCropPct;
  if (typeof cropPct !== 'number' || !(cropPct > 0)) throw invalidField(file, 'crop_pct', 'a number above 0', cropPct);
  const size = {
    width: edgeBeforeCrop(Math.floor(width / cropPct), 'input_size / crop_pct', file),
    height: edgeBeforeCrop(Math.floor(height / cropPct), 'input_size / crop_pct', file),
  };
  const crop: CenterCrop = { type: 'centerCrop', width, height, fill: 0, placement: 'TORCHVISION' };
  switch (fields.crop_mode || 'center') {
    case 'squash':
      return [{ type: 'resize', size: { type: 'exact', ...size }, interpolation }, crop];
    case 'border': {
      const [red, green, blue] = mean.map((value) => Math.min(Math.max(roundHalfToEven(255 * value), 0), 255)) as [number, number, number];
      return [
        { type: 'resize', size: { type: 'longest', ...size }, interpolation },
        { ...crop, fill: [red, green, blue] },
      ];
    }
    // timm takes whatever else there is for this.
    default: {
      const isSquare = size.width === size.height;
      return [
        { type: 'resize', size: isSquare ? { type: 'shortest', edge: size.width } : { type: 'cover', ...size }, interpolation },
        crop,
      ];
    }
  }
}

/** Height and width. */
function readInputSize(fields: JsonObject, modelArgs: JsonObject, file: string): [number, number] {
  const value = fields.input_size ?? [3, 224, 224];
  if (!Array.isArray(value) || value.length !== 3) throw invalidField(file, 'input_size', '[channels, height, width]', value);
  const channels = modelArgs.in_chans ?? value[0];
  if (channels !== 3) throw unsupportedImages(`It takes images of ${JSON.stringify(channels)} channels.`);
  // A model built for another size than its pretrained_cfg says takes images of that size.
  const imageSize = fields.fixed_input_size === true ? (modelArgs.img_size ?? null) : null;
  const [height, width] = imageSize === null ? value.slice(1) : Array.isArray(imageSize) ? imageSize : [imageSize, imageSize];
  return [inputEdge(height, 'input_size', file), inputEdge(width, 'input_size', file)];
}
