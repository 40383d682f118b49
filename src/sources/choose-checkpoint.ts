import { InvalidModelFileError, UnsupportedModelError } from '../errors.ts';
import type { ModelLibrary } from '../formats/checkpoint-facts.ts';
import { isConvertible } from '../formats/gguf-conversion/causal-config.ts';
import { hasVisionGraphs } from '../formats/vision/vision-graphs.ts';
import { adapterFiles } from './choose-adapters.ts';
import { chooseFiles, mainFolder } from './choose-files.ts';
import { chooseGguf, hasGgufModel } from './choose-gguf.ts';
import { chooseLayout, shardIndexOf } from './choose-layout.ts';
import { chooseVision, mayBeVision } from './choose-vision.ts';
import { asConvertedType } from './conversion/converted-type.ts';
import { type FileChoice, includedFiles, ownChoice, withoutExcluded } from './file-choice.ts';
import { foldPath, requireSafePaths } from './safe-path.ts';

/** Whether the engines here build this architecture from its weights; the argument is `config.json`, parsed. */
export type IsBuiltArchitecture = (config: unknown) => boolean;

const largestConfigBytes = 1024 ** 2;
/** An index names each tensor of the model. */
const largestIndexBytes = 16 * 1024 ** 2;

/**
 * Chooses the files of a checkpoint wherever it lies: reads the few JSON files that decide, then the names.
 * `readText` answers a file's text and refuses one that is larger. Throws INVALID_MODEL_FILE, UNSUPPORTED_MODEL.
 */
export async function chooseCheckpoint({ choice = ownChoice, ...options }: ChooseOptions & { choice?: FileChoice }): Promise<string[]> {
  const allowed = withoutExcluded(options.paths, choice);
  const chosen = choice.include.length > 0 ? includedFiles(options.paths, choice) : await choose({ ...options, paths: allowed }, choice);
  const folded = new Set(chosen.map(foldPath));
  requireSafePaths([...chosen, ...options.paths.filter((path) => folded.has(foldPath(path)) && !chosen.includes(path))]);
  return chosen;
}

interface ChooseOptions {
  paths: readonly string[];
  readText: (path: string, maxBytes: number) => Promise<string>;
  isBuiltArchitecture: IsBuiltArchitecture;
  /** The library that the model must be of, where a client says so: a repository may hold a model in the layouts of two. */
  library?: ModelLibrary | null | undefined;
}

async function choose(
  { paths, readText, isBuiltArchitecture, library = null }: ChooseOptions,
  { quantization }: FileChoice,
): Promise<string[]> {
  const readJson = async (path: string, maxBytes: number): Promise<unknown> =>
    paths.includes(path) ? parseJson(path, await readText(path, maxBytes)) : null;
  if (mayBeVision(paths) && (library ?? 'TRANSFORMERS') === 'TRANSFORMERS') {
    const config = await readJson('config.json', largestConfigBytes);
    if (hasVisionGraphs(config, paths)) return chooseVision(paths, config, quantization);
  }
  // Weights that are converted here can be asked for in the types that they are converted to.
  if (quantization !== null && (hasGgufModel(paths) || !asConvertedType(quantization)))
    return [...chooseGguf(paths, quantization), ...adapterFiles(paths)];
  const modules = await readJson('modules.json', largestConfigBytes);
  const main = mainFolder(modules);
  const prefix = main === '' ? '' : `${main}/`;
  const { configPath, weightsName } = chooseLayout(paths, main, library);
  if (configPath === null) {
    if (hasGgufModel(paths)) return [...chooseGguf(paths, null), ...adapterFiles(paths)];
    throw new UnsupportedModelError({
      reason: 'There is no config.json, so this is not a checkpoint that can be run here.',
      remedy: 'Check the name and the revision.',
    });
  }
  const config = await readJson(configPath, largestConfigBytes);
  // Made for the engine that runs what has no builder here.
  const isConverted = modules === null && isConvertible(config);
  if (hasGgufModel(paths) && (isConverted || !isBuiltArchitecture(config))) return [...chooseGguf(paths, null), ...adapterFiles(paths)];
  const isWhole = paths.includes(prefix + weightsName);
  const index = isWhole ? null : await readJson(prefix + shardIndexOf(weightsName), largestIndexBytes);
  const chosen = chooseFiles({
    paths,
    hints: { config, modules, weightsName, index },
    isBuilt: isConverted || isBuiltArchitecture(config),
  });
  return isConverted ? [...chosen, ...adapterFiles(paths)] : chosen;
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new InvalidModelFileError({ file, message: 'it is not JSON.', cause });
  }
}
