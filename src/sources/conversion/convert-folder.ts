import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { CanceledError, errorFromWire, InvalidModelFileError } from '../../errors.ts';
import type { WritableType } from '../../formats/gguf/ggml-types.ts';
import type { FetchedFile, FetchProgress } from '../source.ts';
import type { ConvertMessage, ConvertWork } from './convert-protocol.ts';
import { partOf } from './write-whole.ts';

export interface ConvertFolderOptions {
  /** Absolute path. What is made is put into it. */
  folder: string;
  /** The model's name, as it is stored in the GGUF. */
  name: string;
  type: WritableType;
  /** Default CONVERT; REQUANTIZE stores the weights of a GGUF in another type. */
  kind?: ConvertWork['kind'];
  /** Told the size of what will be written before it is; throws where there is no room. */
  requireSpace(needBytes: number): Promise<void>;
  onProgress(progress: FetchProgress): void;
  signal: AbortSignal;
}

/** What came of a folder: the files that were made, and those that are not needed any more. */
export interface ConvertedFolder {
  files: FetchedFile[];
  replaced: string[];
}

/** A vocabulary of the largest kind, parsed, and one piece of a tensor. */
const heapMegabytes = 2048;

/** Beside this file from the sources, beside `main.js` in the bundle. */
const entries = ['./convert-thread.ts', './convert-thread.js'].map((name) => new URL(name, import.meta.url));

/**
 * Makes GGUF files of a folder's safetensors in a thread of its own, which ends at once when it is aborted; the safetensors
 * stay as they are. Null where nothing has to be made. Throws INVALID_MODEL_FILE, UNSUPPORTED_MODEL, CANCELED.
 */
export async function convertFolder({
  folder,
  name,
  type,
  kind = 'CONVERT',
  requireSpace,
  onProgress,
  signal,
}: ConvertFolderOptions): Promise<ConvertedFolder | null> {
  const canceled = () => new CanceledError({ what: 'The conversion' });
  if (signal.aborted) throw canceled();
  const entry = entries.find((url) => existsSync(fileURLToPath(url)));
  if (entry === undefined) throw new Error('convert-thread is missing beside the program');
  const workerData: ConvertWork = { folder, name, type, kind };
  const thread = new Worker(entry, { workerData, env: {}, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: heapMegabytes } });
  const { promise, resolve, reject } = Promise.withResolvers<ConvertedFolder | null>();
  const onAbort = () => reject(canceled());
  signal.addEventListener('abort', onAbort, { once: true });
  let outputs: string[] = [];
  let isWhole = false;
  thread.on('message', (message: ConvertMessage) => {
    if (message.type === 'progress') onProgress(message);
    else if (message.type === 'nothing') resolve(null);
    else if (message.type === 'failed') reject(errorFromWire(message.error));
    else if (message.type === 'done') resolve({ files: message.files, replaced: message.replaced });
    else {
      outputs = message.outputs;
      requireSpace(message.sizeBytes).then(() => thread.postMessage('go'), reject);
    }
  });
  thread.on('error', (cause) =>
    reject(new InvalidModelFileError({ file: 'checkpoint', message: 'The thread that converts it broke.', cause })),
  );
  thread.on('exit', () => reject(new Error('the thread that converts ended without an answer')));
  try {
    const converted = await promise;
    isWhole = true;
    return converted;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await thread.terminate();
    if (!isWhole) for (const path of outputs) await rm(partOf(join(folder, path)), { force: true });
  }
}
