import { isJsonObject } from '../json-file.ts';

/** `model_type` of the models that are read here; the towers of each also stand alone. */
const modelTypes = ['clip', 'siglip', 'clip_vision_model', 'clip_text_model', 'siglip_vision_model', 'siglip_text_model', 'siglip2'];

/** Whether a parsed config.json is that of transformers' CLIP or SigLIP. */
export function isClipConfig(config: unknown): boolean {
  return isJsonObject(config) && typeof config.model_type === 'string' && modelTypes.includes(config.model_type);
}
