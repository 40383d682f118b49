import { InvalidModelFileError, UnsupportedModelError } from '../../errors.ts';
import { jsonFields } from '../json-fields.ts';
import { isJsonObject, type JsonObject } from '../json-file.ts';
import { refuseUnknownKeys } from './known-keys.ts';

/** The file that makes a folder an open_clip model. */
export const openClipConfigFile = 'open_clip_config.json';

/** What `open_clip_config.json` says of a model: https://github.com/mlfoundations/open_clip `src/open_clip/model.py`, `CLIP.__init__`. */
export interface OpenClipConfig {
  /** Width of both towers' features. */
  readonly embedDimensions: number;
  /** Whether GELU is OpenAI's approximation of it. */
  readonly quickGelu: boolean;
  readonly vision: JsonObject;
  readonly text: JsonObject;
  /** Whether the text tower lies under `text.`, and has a pad mask where it says so. */
  readonly customText: boolean;
  /** Whether a captioning decoder comes with it; it takes no part in features. */
  readonly isCoca: boolean;
  /** `preprocess_cfg`; empty where it is missing. */
  readonly preprocessing: JsonObject;
}

const modelKeys = new Set([
  'embed_dim',
  'quick_gelu',
  'vision_cfg',
  'text_cfg',
  'custom_text',
  'multimodal_cfg',
  // What training starts from: the values in use are tensors.
  'init_logit_scale',
  'init_logit_bias',
  'nonscalar_logit_scale',
  'cast_dtype',
  'output_dict',
]);

/** Reads the parsed `open_clip_config.json`. Throws `INVALID_MODEL_FILE`, `UNSUPPORTED_MODEL`. */
export function parseOpenClipConfig(whole: JsonObject): OpenClipConfig {
  const file = openClipConfigFile;
  // Files that were written by hand hold the model's configuration alone.
  const model = isJsonObject(whole.model_cfg) ? whole.model_cfg : whole;
  if (isJsonObject(model.audio_cfg)) {
    throw new UnsupportedModelError({
      reason: 'CLAP, which reads sound, is not built here.',
      remedy: 'Choose a model of texts and images.',
    });
  }
  refuseUnknownKeys(model, modelKeys, { file, path: '' });
  const fields = jsonFields(model, file);
  const vision = objectOf(model, 'vision_cfg');
  const text = objectOf(model, 'text_cfg');
  const hasLanguageModel = typeof text.hf_model_name === 'string';
  return {
    embedDimensions: fields.integer('embed_dim', { min: 1, max: 65_536 }),
    quickGelu: fields.boolean('quick_gelu', { default: false }),
    vision,
    text,
    customText: hasLanguageModel || fields.boolean('custom_text', { default: false }),
    isCoca: isJsonObject(model.multimodal_cfg),
    preprocessing: isJsonObject(whole.preprocess_cfg) ? whole.preprocess_cfg : {},
  };
}

/** Whether a parsed JSON file is open_clip's. */
export function isOpenClipConfig(config: unknown): boolean {
  if (!isJsonObject(config)) return false;
  const model = isJsonObject(config.model_cfg) ? config.model_cfg : config;
  return 'embed_dim' in model && ('vision_cfg' in model || 'audio_cfg' in model) && 'text_cfg' in model;
}

function objectOf(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  if (isJsonObject(value)) return value;
  throw new InvalidModelFileError({ file: openClipConfigFile, message: `model_cfg.${name} must be an object.` });
}
