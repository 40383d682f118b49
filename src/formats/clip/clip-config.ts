import { InvalidModelFileError, quote, UnsupportedModelError } from '../../errors.ts';
import { jsonFields } from '../json-fields.ts';
import { isJsonObject, type JsonObject } from '../json-file.ts';
import type { TextTowerDescription } from '../towers/tower-description.ts';
import { readClipText, readSiglipText } from './clip-text.ts';
import { type ClipVision, readClipVision, readSiglipVision } from './clip-vision.ts';

/** What transformers' config.json says of a CLIP or SigLIP model. */
export interface ClipConfig {
  readonly family: 'CLIP' | 'SIGLIP';
  readonly vision: ClipVision;
  /** Null for an image tower that stands alone. */
  readonly text: TextTowerDescription | null;
}

const file = 'config.json';

/**
 * Reads it. Throws `INVALID_MODEL_FILE`, `UNSUPPORTED_MODEL`.
 *
 * @param hasProjection whether the weights have a projection of an image's features, which an image tower alone may lack.
 */
export function readClipConfig(config: JsonObject, { hasProjection }: { hasProjection: boolean }): ClipConfig {
  const fields = jsonFields(config, file);
  const modelType = fields.string('model_type');
  const projection = (): number => fields.integer('projection_dim', { min: 1, max: 65_536, default: 512 });
  switch (modelType) {
    case 'clip': {
      const vision = readClipVision(partOf(config, 'vision_config'), { file, projection: projection() });
      return { family: 'CLIP', vision, text: readClipText(partOf(config, 'text_config'), { file, projection: projection() }) };
    }
    case 'clip_vision_model':
      return { family: 'CLIP', vision: readClipVision(config, { file, projection: hasProjection ? projection() : null }), text: null };
    case 'siglip': {
      const vision = readSiglipVision(partOf(config, 'vision_config'), { file });
      const textConfig = partOf(config, 'text_config');
      const textFields = jsonFields(textConfig, file);
      const usual = textFields.integer('hidden_size', { min: 1, default: 768 });
      const dimensions = textFields.integer('projection_size', { min: 1, default: usual });
      if (dimensions !== vision.dimensions) {
        const message = `Texts have ${dimensions} features, images ${vision.dimensions}: they must be as many.`;
        throw new InvalidModelFileError({ file, message });
      }
      return { family: 'SIGLIP', vision, text: readSiglipText(textConfig, { file, dimensions }) };
    }
    case 'siglip_vision_model':
      return { family: 'SIGLIP', vision: readSiglipVision(config, { file }), text: null };
    case 'siglip2':
      throw new UnsupportedModelError({
        reason: "SigLIP 2 in its NaFlex form, which keeps each image's own shape, is not built here.",
        remedy: 'Use a repository of a fixed resolution, e.g. google/siglip2-base-patch16-224.',
      });
    default:
      throw new UnsupportedModelError({
        reason: `A model of type ${quote(modelType)} alone embeds no images.`,
        remedy: 'Use the repository of the whole model.',
      });
  }
}

/** A tower's settings. Old files repeat them under `…_dict`, and upstream lets those win. */
function partOf(config: JsonObject, name: 'text_config' | 'vision_config'): JsonObject {
  for (const candidate of [config[`${name}_dict`], config[name]]) if (isJsonObject(candidate)) return candidate;
  return {};
}
