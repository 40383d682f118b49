import { UnsupportedModelError } from '../errors.ts';
import type { Precision } from './checkpoint-facts.ts';
import { isClipConfig } from './clip/is-clip-config.ts';
import { isBuiltClip, readTransformersClipCheckpoint } from './clip/read-clip.ts';
import type { ImageCheckpoint } from './image-checkpoint.ts';
import { hasFile, isJsonObject, readJsonObject } from './json-file.ts';
import { isOpenClipConfig, openClipConfigFile } from './open-clip/config.ts';
import { checkOpenClip, readOpenClipCheckpoint } from './open-clip/read-open-clip.ts';
import { findOwnWeights } from './open-clip/weights-file.ts';
import { readTimmCheckpoint } from './timm/read-timm.ts';
import { architectureOf, findTimmFamily } from './timm/registry.ts';
import { isTransformersVitConfig, readTransformersViT } from './transformers-vit/read-transformers-vit.ts';
import { readTransformersImageOnnx } from './transformers-vit/transformers-image-onnx.ts';

/**
 * Reads the folder of a model that sees images, whichever library's layout it has; null where it is none of these. Throws
 * `INVALID_MODEL_FILE` for what is malformed or missing, `UNSUPPORTED_MODEL` for what is whole but not built here.
 */
export async function readImageCheckpoint(
  folder: string,
  { precision = 'F32' }: { precision?: Precision } = {},
): Promise<ImageCheckpoint | null> {
  const hasOpenClip = await hasFile(folder, openClipConfigFile);
  // Repositories often hold a model in two layouts: open_clip's whole, transformers' or timm's beside it.
  if (hasOpenClip && (await findOwnWeights(folder)) !== null) return readOpenClipCheckpoint(folder, { precision });
  const config = (await hasFile(folder, 'config.json')) ? await readJsonObject(folder, 'config.json') : null;
  if (isClipConfig(config)) return readTransformersClipCheckpoint(folder, { precision });
  if (isTransformersVitConfig(config)) return readTransformersViT(folder, { precision });
  if (isTimmConfig(config)) return readTimmCheckpoint(folder, { precision });
  const onnx = config && !hasOpenClip ? await readTransformersImageOnnx(folder, config, { isBuilt: false }) : null;
  if (onnx) return onnx;
  return hasOpenClip ? readOpenClipCheckpoint(folder, { precision }) : null;
}

/**
 * Whether a model of images with this parsed configuration (config.json, or open_clip_config.json where that is the one) runs
 * straight from its safetensors. What is wrong in it is said later, by the reader of the whole checkpoint.
 */
export function isBuiltImageArchitecture(config: unknown): boolean {
  try {
    if (isOpenClipConfig(config)) return checkOpenClip(config);
    if (isClipConfig(config)) return isBuiltClip(config);
  } catch (error) {
    return !(error instanceof UnsupportedModelError);
  }
  if (isTransformersVitConfig(config)) return true;
  return isTimmConfig(config) && findTimmFamily(architectureOf(config.architecture)) !== undefined;
}

function isTimmConfig(config: unknown): config is { architecture: string } {
  return isJsonObject(config) && typeof config.architecture === 'string';
}
