import { InvalidModelFileError, quote, UnsupportedModelError } from '../errors.ts';
import { hasFile, isJsonObject, readJsonValue } from './json-file.ts';

/** One entry of modules.json. */
export interface ModuleEntry {
  /** Class name without its package, e.g. `Pooling`. */
  readonly kind: ModuleKind;
  /** Folder inside the model's folder; '' for the model's folder itself. */
  readonly path: string;
}

const file = 'modules.json';
const builtModules = ['Transformer', 'Pooling', 'Dense', 'LayerNorm', 'Normalize', 'Dropout', 'MLMTransformer', 'SpladePooling'] as const;
/** What a model can begin with; `MLMTransformer` is the older name of a Transformer for masked words. */
const firstModules: readonly ModuleKind[] = ['Transformer', 'MLMTransformer'];

/** A module that is built here. */
export type ModuleKind = (typeof builtModules)[number];

/** The modules in their order; null where the folder has no modules.json. Throws `UNSUPPORTED_MODEL` naming a module that is not built. */
export async function readModules(folder: string): Promise<ModuleEntry[] | null> {
  if (!(await hasFile(folder, file))) return null;
  const list = await readJsonValue(folder, file);
  if (!Array.isArray(list)) throw new InvalidModelFileError({ file, message: 'It must hold a list of modules.' });
  const entries = list.map((entry: unknown, index) => readEntry(entry, index));
  const [first, ...rest] = entries;
  if (!first || !firstModules.includes(first.kind))
    throw unsupported(`The first module is ${quote(first?.kind ?? 'none')}, not Transformer.`);
  if (rest.some(({ kind }) => firstModules.includes(kind))) throw unsupported('A second Transformer module is not built here.');
  return entries;
}

function readEntry(entry: unknown, index: number): ModuleEntry {
  if (!isJsonObject(entry)) throw new InvalidModelFileError({ file, message: `Module ${index} must be an object.` });
  const { type, path } = entry;
  if (typeof type !== 'string' || typeof path !== 'string') {
    throw new InvalidModelFileError({ file, message: `Module ${index} must have a type and a path.` });
  }
  const kind = builtModules.find((name) => name === type.split('.').at(-1));
  // The packages in between differ by version; a class of another package is the repository's own program.
  if (!type.startsWith('sentence_transformers.') || kind === undefined) throw unsupported(`The module ${quote(type)} is not built here.`);
  return { kind, path: plainPath(path, index) };
}

function plainPath(path: string, index: number): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (path.startsWith('/') || /[\\\0]/.test(path) || parts.includes('..')) {
    throw new InvalidModelFileError({ file, message: `Module ${index}: the path ${quote(path)} leads out of the model's folder.` });
  }
  return parts.join('/');
}

function unsupported(reason: string): UnsupportedModelError {
  return new UnsupportedModelError({ reason, remedy: `Supported modules: ${builtModules.join(', ')}.` });
}
