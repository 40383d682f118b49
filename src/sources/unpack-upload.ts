import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InvalidArchiveError, InvalidModelFileError, UnsupportedModelError } from '../errors.ts';
import { ggufRole } from '../formats/adapter-facts.ts';
import { linkOrCopy } from '../storage/link-or-copy.ts';
import { detectUpload, extractArchive } from './archive.ts';
import { chooseCheckpoint, type IsBuiltArchitecture } from './choose-checkpoint.ts';
import { joinSafely } from './safe-path.ts';
import type { FetchedFile, FetchProgress } from './source.ts';
import { hashFile } from './write-file.ts';

export interface UnpackOptions {
  /** What was uploaded. It stays. */
  file: string;
  /** As the client named it. */
  fileName: string | null;
  /** A folder of its own. */
  target: string;
  isBuiltArchitecture: IsBuiltArchitecture;
  /** Told the size of it all before anything is written; throws where there is no room. */
  requireSpace(needBytes: number): Promise<void>;
  signal: AbortSignal;
  onProgress(progress: FetchProgress): void;
}

/**
 * The files of a model in what a client sent: a GGUF, or an archive of a checkpoint, of GGUF files or of an adapter. What it is is read
 * from its bytes. Doing it again gives the same. Throws INVALID_ARCHIVE, INVALID_MODEL_FILE, UNSUPPORTED_MODEL, INSUFFICIENT_DISK,
 * CANCELED.
 */
export async function unpackUpload(options: UnpackOptions): Promise<FetchedFile[]> {
  const { file, fileName, target, signal } = options;
  const kind = await detectUpload(file);
  switch (kind) {
    case 'GGUF': {
      const path = /^[\w.-]{1,200}\.gguf$/i.test(fileName ?? '') ? (fileName ?? '') : 'model.gguf';
      await rm(target, { recursive: true, force: true });
      await mkdir(target, { recursive: true });
      await linkOrCopy(file, join(target, path));
      const sha256 = (await hashFile(file, createHash('sha256'), signal)).digest('hex');
      return [{ path, sizeBytes: (await stat(file)).size, sha256 }];
    }
    case 'SAFETENSORS':
      throw new UnsupportedModelError({
        reason: 'A safetensors file alone does not say what model it is.',
        remedy: 'Upload a zip or tar of the whole folder, with config.json and the tokenizer.',
      });
    case 'UNKNOWN':
      throw new InvalidArchiveError({ message: 'File is not a zip file, nor a tar, a gzipped tar or a GGUF.' });
    default:
      return chosenOf(await extractArchive({ ...options, kind }), options);
  }
}

/** Keeps the files that a model needs, and removes the others. */
async function chosenOf(extracted: FetchedFile[], options: UnpackOptions): Promise<FetchedFile[]> {
  const chosen = new Set(await choose(extracted, options));
  for (const { path } of extracted) if (!chosen.has(path)) await rm(joinSafely(options.target, path), { force: true });
  return extracted.filter(({ path }) => chosen.has(path));
}

async function choose(extracted: FetchedFile[], { target, isBuiltArchitecture }: UnpackOptions): Promise<string[]> {
  const paths = extracted.map(({ path }) => path);
  const ggufs = paths.filter((path) => /\.gguf$/i.test(path));
  if (ggufs.length > 0 && !hasCheckpoint(paths)) return [...(await chooseGgufs(ggufs, target)), ...peftFiles(paths)];
  if (!paths.includes('config.json') && !paths.includes('open_clip_config.json')) {
    const peft = peftFiles(paths);
    if (peft.length > 0) return peft;
  }
  const readText = async (path: string, maxBytes: number) => {
    const { sizeBytes = 0 } = extracted.find((file) => file.path === path) ?? {};
    if (sizeBytes > maxBytes) throw new InvalidModelFileError({ file: path, message: `it is larger than ${maxBytes} bytes.` });
    return readFile(joinSafely(target, path), 'utf8');
  };
  return chooseCheckpoint({ paths, readText, isBuiltArchitecture });
}

function hasCheckpoint(paths: readonly string[]): boolean {
  return (
    paths.some((path) => /(^|\/)(config|open_clip_config|modules)\.json$/.test(path)) &&
    paths.some((path) => path.endsWith('.safetensors') && !path.endsWith('adapter_model.safetensors'))
  );
}

function peftFiles(paths: readonly string[]): string[] {
  const folders = paths.filter((path) => path.endsWith('adapter_config.json')).map(dirname);
  return paths.filter((path) => folders.includes(dirname(path)) && /(^|\/)adapter_(config\.json|model\.safetensors)$/.test(path));
}

/** One model, whole or in shards, with at most one adapter: by its name, else by what it says of itself. */
async function chooseGgufs(all: readonly string[], folder: string): Promise<string[]> {
  const adapters: string[] = [];
  const paths: string[] = [];
  for (const path of all) {
    // The header is read in any case: a file that is no GGUF is refused here, by name.
    const role = await ggufRole(folder, path);
    if (role === 'ADAPTER') adapters.push(path);
    // Nothing here looks at images with one; it is no reason to refuse the model beside it.
    if (role !== 'PROJECTOR' || all.length === 1) paths.push(path);
  }
  const named = paths.filter((path) => /lora/i.test(path.slice(path.lastIndexOf('/') + 1)));
  // Of files that are all named so, none is an adapter of another: they are the shards of a model that was merged with one.
  const chosenAdapters = adapters.length > 0 || named.length === paths.length ? adapters : named;
  const models = paths.filter((path) => !chosenAdapters.includes(path));
  const names = new Set(models.map((path) => path.replace(/-\d{5}-of-\d{5}\.gguf$/i, '')));
  if (names.size <= 1 && chosenAdapters.length <= 1) return [...models, ...chosenAdapters];
  const message = `it holds ${paths.length} GGUF files (${paths.slice(0, 5).join(', ')}), and it is not clear which is the model. Pack one, or one with its LoRA adapter.`;
  throw new InvalidArchiveError({ message });
}
