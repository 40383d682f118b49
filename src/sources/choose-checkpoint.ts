import { InvalidModelFileError, UnsupportedModelError } from '../errors.ts';
import { chooseFiles, mainFolder, shardIndexName } from './choose-files.ts';
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
export async function chooseCheckpoint({
  paths,
  readText,
  isBuiltArchitecture,
}: {
  paths: readonly string[];
  readText: (path: string, maxBytes: number) => Promise<string>;
  isBuiltArchitecture: IsBuiltArchitecture;
}): Promise<string[]> {
  const readJson = async (path: string, maxBytes: number): Promise<unknown> =>
    paths.includes(path) ? parseJson(path, await readText(path, maxBytes)) : null;
  const modules = await readJson('modules.json', largestConfigBytes);
  const main = mainFolder(modules);
  const prefix = main === '' ? '' : `${main}/`;
  const names = [`${prefix}config.json`, 'config.json', 'open_clip_config.json'];
  const configPath = names.find((path) => paths.includes(path));
  if (configPath === undefined) {
    throw new UnsupportedModelError({
      reason: 'There is no config.json, so this is not a checkpoint that can be run here.',
      remedy: 'Check the name and the revision.',
    });
  }
  const config = await readJson(configPath, largestConfigBytes);
  const isWhole = paths.includes(`${prefix}model.safetensors`);
  const index = isWhole ? null : await readJson(prefix + shardIndexName, largestIndexBytes);
  const chosen = chooseFiles({ paths, hints: { config, modules, index }, isBuilt: isBuiltArchitecture(config) });
  const folded = new Set(chosen.map(foldPath));
  requireSafePaths([...chosen, ...paths.filter((path) => folded.has(foldPath(path)) && !chosen.includes(path))]);
  return chosen;
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new InvalidModelFileError({ file, message: 'it is not JSON.', cause });
  }
}
