import { InvalidModelFileError, quote, UnsupportedModelError } from '../errors.ts';
import { shardIndexOf } from './choose-layout.ts';

/** What the choice looks at besides the names: the JSON files that say which others are needed. */
export interface CheckpointHints {
  /** `config.json`, or `open_clip_config.json` where that is the only one. */
  config: unknown;
  /** `modules.json` of sentence-transformers; null where there is none. */
  modules: unknown;
  /** What the weights in the main folder are called. */
  weightsName: string;
  /** Their shard index; null where there is none. */
  index: unknown;
}

/** Small files that a tokenizer, a preprocessor or a sentence-transformers module is made from. */
const smallFiles = [
  /^config[^/]*\.json$/,
  /^(modules|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab|preprocessor_config|processor_config)\.json$/,
  /^(open_clip_config|generation_config)\.json$/,
  /^sentence_[a-z0-9]+_config\.json$/,
  /^(vocab|merges)\.txt$/,
  /^[\w.-]+\.model$/,
  /^chat_template[^/]*$/,
];
/** Heads beside the model, as bge-m3 has them: sparse and token vectors. Upstream's are pickles; these are taken where somebody saved them anew. */
const headWeights = ['colbert_linear.safetensors', 'sparse_linear.safetensors'];
const onnxModels = ['onnx/model.onnx', 'model.onnx'];
const pickle = /\.(bin|pt|pth|ckpt|pkl|pickle|msgpack|h5|ot)$/;

/**
 * The files of a checkpoint that are needed to run it, in the order they are fetched: configurations first, weights last.
 * Safetensors before ONNX; for an architecture that nothing here builds, ONNX instead of safetensors; never a pickle, never
 * a variant in another precision. Throws UNSUPPORTED_MODEL when nothing is left that runs, INVALID_MODEL_FILE for an index
 * that names what is not there.
 */
export function chooseFiles({ paths, hints, isBuilt }: { paths: readonly string[]; hints: CheckpointHints; isBuilt: boolean }): string[] {
  const present = new Set(paths);
  const main = mainFolder(hints.modules);
  const moduleFolders = foldersOfModules(paths, hints.modules).filter((folder) => folder !== main);
  const small = paths.filter((path) => {
    const { folder, name } = split(path);
    return (folder === '' || folder === main || moduleFolders.includes(folder)) && smallFiles.some((pattern) => pattern.test(name));
  });
  const weights = chooseWeights({ present, main, hints, isBuilt });
  const moduleWeights = moduleFolders.flatMap((folder) => weightsOfModule(present, folder));
  const heads = headWeights.map((name) => (main === '' ? name : `${main}/${name}`)).filter((path) => present.has(path));
  return [...small.sort(), ...heads, ...moduleWeights, ...weights];
}

function chooseWeights({
  present,
  main,
  hints,
  isBuilt,
}: {
  present: ReadonlySet<string>;
  main: string;
  hints: CheckpointHints;
  isBuilt: boolean;
}): string[] {
  const safetensors = safetensorsOf(present, main, hints);
  if (isBuilt && safetensors.length > 0) return safetensors;
  const model = onnxModels.find((path) => present.has(path));
  if (model !== undefined) return [model, ...[`${model}_data`, `${model}.data`].filter((path) => present.has(path))];
  if (!isBuilt) {
    throw new UnsupportedModelError({
      reason: `No engine here runs the architecture ${quote(architectureName(hints.config))} as config.json has it, and there is no onnx/model.onnx.`,
      remedy: 'Export it (optimum-cli export onnx --model <name> <folder>) and import that folder, or choose another model.',
    });
  }
  const pickles = [...present].filter((path) => pickle.test(path));
  if (pickles.length > 0) {
    throw new UnsupportedModelError({
      reason: `The weights are only there as a pickle (${pickles[0]}), which could run any program when it is read.`,
      remedy: 'Convert them to safetensors (safetensors.torch.save_file, or the convert space on the hub) and use that.',
    });
  }
  throw new UnsupportedModelError({
    reason: 'There are no weights: neither model.safetensors (or its shards) nor onnx/model.onnx.',
    remedy: 'Check the name and the revision.',
  });
}

function safetensorsOf(present: ReadonlySet<string>, main: string, { weightsName, index }: CheckpointHints): string[] {
  const prefix = main === '' ? '' : `${main}/`;
  const whole = prefix + weightsName;
  if (present.has(whole)) return [whole];
  const indexPath = prefix + shardIndexOf(weightsName);
  if (!present.has(indexPath)) return [];
  const weightMap = (index as { weight_map?: unknown } | null)?.weight_map;
  if (typeof weightMap !== 'object' || weightMap === null) {
    throw new InvalidModelFileError({ file: indexPath, message: 'it has no weight_map.' });
  }
  const shards = [...new Set(Object.values(weightMap))].map((name) => `${prefix}${String(name)}`).sort();
  const wrong = shards.find((path) => !present.has(path) || !path.endsWith('.safetensors'));
  if (wrong !== undefined) throw new InvalidModelFileError({ file: indexPath, message: `it names ${quote(wrong)}, which is not there.` });
  return [indexPath, ...shards];
}

/** A module that has weights must have them as safetensors: without them the vectors would be wrong, not missing. */
function weightsOfModule(present: ReadonlySet<string>, folder: string): string[] {
  const path = `${folder}/model.safetensors`;
  if (present.has(path)) return [path];
  const onlyPickle = [...present].find((other) => split(other).folder === folder && pickle.test(other));
  if (onlyPickle === undefined) return [];
  throw new UnsupportedModelError({
    reason: `The weights of ${folder} are only there as a pickle (${onlyPickle}), which could run any program when it is read.`,
    remedy: 'Save the model again with sentence-transformers (save_pretrained writes safetensors) and use that.',
  });
}

/** Where the transformer itself lies: the root, or an own folder such as `0_Transformer` in old repositories. */
export function mainFolder(modules: unknown): string {
  const [first] = modulePaths(modules);
  return first ?? '';
}

function foldersOfModules(paths: readonly string[], modules: unknown): string[] {
  const numbered = paths.map((path) => split(path).folder).filter((folder) => /^\d+_\w+$/.test(folder));
  return [...new Set([...modulePaths(modules).filter((path) => path !== ''), ...numbered])].sort();
}

function modulePaths(modules: unknown): string[] {
  if (!Array.isArray(modules)) return [];
  return modules.map((module: { path?: unknown } | null) => (typeof module?.path === 'string' ? module.path.replace(/\/+$/, '') : ''));
}

/** The architecture as the configuration names it: `BertModel`, else the model type. */
function architectureName(config: unknown): string {
  const { architectures, architecture, model_type: modelType } = (config ?? {}) as Record<string, unknown>;
  const [first] = Array.isArray(architectures) ? architectures : [];
  return [first, architecture, modelType, openClipArchitecture(config)].find((name) => typeof name === 'string') ?? 'unknown';
}

/** open_clip's configuration has no name but those of the towers that come from elsewhere. */
function openClipArchitecture(config: unknown): unknown {
  const { model_cfg: model } = (config ?? {}) as {
    model_cfg?: { vision_cfg?: { timm_model_name?: unknown }; text_cfg?: { hf_model_name?: unknown } };
  };
  return model?.vision_cfg?.timm_model_name ?? model?.text_cfg?.hf_model_name;
}

function split(path: string): { folder: string; name: string } {
  const slash = path.lastIndexOf('/');
  return { folder: slash < 0 ? '' : path.slice(0, slash), name: path.slice(slash + 1) };
}
