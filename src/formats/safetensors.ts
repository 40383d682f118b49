import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidModelFileError, quote } from '../errors.ts';
import { hasFile, isJsonObject, readJsonObject } from './json-file.ts';
import { parseHeader, readHeaderLength } from './safetensors-header.ts';
import type { StoredTensor, StoredTensors } from './safetensors-types.ts';

const wholeFile = 'model.safetensors';
/** More shards than the largest published checkpoints have, so that an index cannot make us open files without end. */
const maxShards = 2000;
/** The largest index files of published checkpoints have a few megabytes. */
const maxIndexBytes = 64 * 1024 * 1024;

/** The tensors of one file. Reads its header only; throws `INVALID_MODEL_FILE` naming the file and the tensor. */
export async function readSafetensors(folder: string, file: string): Promise<StoredTensor[]> {
  const handle = await open(join(folder, file)).catch((cause: unknown) => {
    throw new InvalidModelFileError({ file, message: 'It is missing or cannot be read.', cause });
  });
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new InvalidModelFileError({ file, message: 'It is not a regular file.' });
    const context = { file, fileSize: found.size };
    const prefix = await readExactly(8, 0);
    const header = await readExactly(readHeaderLength(prefix, context), 8);
    return parseHeader(header, context).map((entry) => ({ ...entry, file }));
  } finally {
    await handle.close();
  }

  async function readExactly(length: number, position: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
      if (bytesRead === 0) throw new InvalidModelFileError({ file, message: 'It ends inside its header.' });
      done += bytesRead;
    }
    return bytes;
  }
}

/** Whether the folder (or the folder `path` in it) holds safetensors weights, whole or in shards. */
export async function hasSafetensors(folder: string, path = '', name = wholeFile): Promise<boolean> {
  return (await hasFile(folder, join(path, name))) || (await hasFile(folder, `${join(path, name)}.index.json`));
}

/**
 * The tensors of a checkpoint: of `model.safetensors`, else of the shards that `model.safetensors.index.json` names.
 *
 * @param path folder of the weights inside the model's folder; '' for the model's folder itself.
 * @param name what the weights' file is called, where it is another name.
 */
export async function readStoredTensors(folder: string, path = '', name = wholeFile): Promise<StoredTensors> {
  const whole = join(path, name);
  if (await hasFile(folder, whole)) return byName(await readSafetensors(folder, whole));
  const file = `${whole}.index.json`;
  if (!(await hasFile(folder, file))) throw new InvalidModelFileError({ file: whole, message: 'It is missing.' });
  const weightMap = readWeightMap(await readJsonObject(folder, file, { maxBytes: maxIndexBytes }), file);
  const shards = [...new Set(weightMap.values())];
  if (shards.length > maxShards) throw new InvalidModelFileError({ file, message: `It names ${shards.length} files.` });
  const tensors = new Map<string, StoredTensor>();
  for (const shard of shards) {
    for (const tensor of await readSafetensors(folder, join(path, shard))) {
      if (weightMap.get(tensor.name) === shard) tensors.set(tensor.name, tensor);
    }
  }
  for (const [name, shard] of weightMap) {
    if (!tensors.has(name)) throw new InvalidModelFileError({ file: join(path, shard), message: `Tensor ${quote(name)} is not in it.` });
  }
  return tensors;
}

function byName(tensors: readonly StoredTensor[]): StoredTensors {
  return new Map(tensors.map((tensor) => [tensor.name, tensor]));
}

function readWeightMap({ weight_map: weightMap }: Readonly<Record<string, unknown>>, file: string): Map<string, string> {
  if (!isJsonObject(weightMap)) throw new InvalidModelFileError({ file, message: 'weight_map must be an object.' });
  return new Map(
    Object.entries(weightMap).map(([name, shard]) => {
      // A name such as ../x would reach outside the model's folder.
      if (typeof shard !== 'string' || !/^[^/\\\0]{1,255}\.safetensors$/.test(shard)) {
        throw new InvalidModelFileError({ file, message: `weight_map: tensor ${quote(name)} must lie in a plain file name.safetensors.` });
      }
      return [name, shard];
    }),
  );
}
