import { readdir } from 'node:fs/promises';
import { InvalidModelFileError, UnsupportedModelError } from '../../errors.ts';
import { ggufFields } from './gguf-fields.ts';
import { type GgufHeader, readGgufHeader } from './gguf-header.ts';

/** The GGUF files of a model's folder. */
export interface GgufFolder {
  /** The model, shard by shard; one where it is not split. */
  readonly shards: readonly [GgufHeader, ...GgufHeader[]];
  /** LoRA adapters, by name. */
  readonly adapters: readonly GgufHeader[];
}

const shardPattern = /^(.+)-(\d{5})-of-(\d{5})\.gguf$/i;
/** As many as the largest published models have; each is opened. */
const maxFiles = 512;

/** Whether a file's name says that it is a GGUF. */
export function isGgufFile(name: string): boolean {
  return /\.gguf$/i.test(name);
}

/** Reads the headers of the folder's GGUF files; null where it has none. Throws `INVALID_MODEL_FILE`, `UNSUPPORTED_MODEL`. */
export async function readGgufFolder(folder: string): Promise<GgufFolder | null> {
  // Some repositories keep each quantisation in a folder of its own.
  const names = (await readdir(folder, { recursive: true })).filter(isGgufFile).sort();
  if (names.length === 0) return null;
  if (names.length > maxFiles)
    throw new InvalidModelFileError({ file: '.', message: `It has ${names.length} GGUF files; at most ${maxFiles} are read.` });
  const headers: GgufHeader[] = [];
  for (const name of names) headers.push(await readGgufHeader(folder, name));
  const adapters = headers.filter((header) => isAdapter(header));
  const models = headers.filter((header) => !adapters.includes(header) && !isProjector(header));
  return { shards: requireOneModel(models), adapters };
}

function isAdapter(header: GgufHeader): boolean {
  return ggufFields(header).text('general.type') === 'adapter';
}

/** What turns images into a model's tokens: it lies beside models that look at images, and is none itself. */
function isProjector(header: GgufHeader): boolean {
  return ggufFields(header).text('general.architecture') === 'clip';
}

function requireOneModel(models: readonly GgufHeader[]): [GgufHeader, ...GgufHeader[]] {
  const [first, ...rest] = models;
  if (!first) {
    throw new UnsupportedModelError({
      reason: 'Its GGUF files are adapters or projectors; a model is not among them.',
      remedy: 'Put the GGUF of the base model beside them.',
    });
  }
  const split = splitOf(first, 'split.count', 1);
  if (split <= 1) {
    // node-llama-cpp would look for that many parts.
    if (splitOf(first, 'split.no', 0) !== 0) {
      throw new InvalidModelFileError({ file: first.file, message: 'It says that it is a part, but not of how many.' });
    }
    if (rest.length === 0) return [first];
    throw new UnsupportedModelError({
      reason: `It has ${models.length} GGUF models: ${models
        .map(({ file }) => file)
        .slice(0, 5)
        .join(', ')}.`,
      remedy: 'Keep one of them.',
    });
  }
  checkShards(models, split);
  return [first, ...rest];
}

/** Checks that all shards of one name are there, in order. Reference: llama.cpp, `llama_split_path`. */
function checkShards(models: readonly GgufHeader[], count: number): void {
  const prefix = shardPattern.exec(models[0]?.file ?? '')?.[1];
  for (let index = 0; index < Math.max(count, models.length); index += 1) {
    const shard = models[index];
    const expected = `${prefix ?? 'model'}-${String(index + 1).padStart(5, '0')}-of-${String(count).padStart(5, '0')}.gguf`;
    if (shard?.file !== expected) {
      const message = shard
        ? `The model is split into ${count} files, and this is none of them: ${expected} was expected.`
        : 'This part of the model is missing.';
      throw new InvalidModelFileError({ file: shard?.file ?? expected, message });
    }
    if (splitOf(shard, 'split.no') !== index || splitOf(shard, 'split.count') !== count) {
      throw new InvalidModelFileError({ file: shard.file, message: `It does not say of itself that it is part ${index} of ${count}.` });
    }
  }
}

/** llama.cpp aborts at any other type. */
function splitOf({ metadata, file }: GgufHeader, key: string, fallback?: number): number {
  const found = metadata.get(key);
  if (!found && fallback !== undefined) return fallback;
  if (found?.type === 'u16' && found.value <= maxFiles) return found.value;
  throw new InvalidModelFileError({ file, message: `${key} must be a whole number of 0 to ${maxFiles}, in 16 bits.` });
}
