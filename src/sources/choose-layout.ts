import type { ModelLibrary } from '../formats/checkpoint-facts.ts';

/** Which of the layouts that a repository may hold side by side is taken. */
export interface CheckpointLayout {
  /** The configuration that says what the model is; null where there is none. */
  configPath: string | null;
  /** What its weights are called, in the main folder; its shards are named by an index of that name. */
  weightsName: string;
}

/** Weights that are open_clip's without doubt, in the order it looks for them. */
const openClipWeights = ['open_clip_model.safetensors', 'open_clip_pytorch_model.safetensors'];
const plainWeights = 'model.safetensors';
const openClipConfig = 'open_clip_config.json';

/** The name of the index of sharded weights. */
export function shardIndexOf(weightsName: string): string {
  return `${weightsName}.index.json`;
}

/**
 * open_clip's layout where it has weights of its own, else the one of `config.json` (transformers, timm, sentence-transformers),
 * else open_clip's over `model.safetensors`: as the readers of the folder choose.
 *
 * @param library the one that a client wants; of another than open_clip's, the layout beside it is taken.
 */
export function chooseLayout(paths: readonly string[], main: string, library: ModelLibrary | null): CheckpointLayout {
  const prefix = main === '' ? '' : `${main}/`;
  const isThere = (name: string) => paths.includes(prefix + name) || paths.includes(prefix + shardIndexOf(name));
  const own = openClipWeights.find(isThere);
  const config = [`${prefix}config.json`, 'config.json'].find((path) => paths.includes(path));
  const mayBeOpenClip = library === null || library === 'OPEN_CLIP';
  const hasOpenClip = paths.includes(openClipConfig);
  if (mayBeOpenClip && hasOpenClip && own !== undefined) return { configPath: openClipConfig, weightsName: own };
  if (config !== undefined) return { configPath: config, weightsName: isThere(plainWeights) ? plainWeights : (own ?? plainWeights) };
  return { configPath: hasOpenClip ? openClipConfig : null, weightsName: plainWeights };
}
