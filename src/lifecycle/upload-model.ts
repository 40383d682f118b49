import { InvalidInputError } from '../errors.ts';
import type { ModelLibrary } from '../formats/checkpoint-facts.ts';
import { checkName } from '../models/names.ts';
import type { FinishedUpload } from '../sources/upload.ts';
import type { Task } from '../tasks/task.ts';
import type { TaskRequest } from '../tasks/tasks.ts';
import { convertStep, requireConvertedType } from './convert-model.ts';
import type { LifecycleContext } from './dependencies.ts';
import { type InstallJournal, installSteps } from './install-steps.ts';
import { requireRequestedName } from './requested-name.ts';
import { removeAll, type UnpackInput, unpackStep } from './unpack-step.ts';

/** A file that a client sent, or sends: one of both. */
export interface UploadedModelFile {
  /** Id of a finished upload. */
  uploadId?: string | undefined;
  /** A small file that came with the request. */
  file?: { name?: string; stream(): ReadableStream<Uint8Array> } | undefined;
}

export interface UploadModelRequest extends UploadedModelFile {
  /** Default: the file's name without its ending. */
  name?: string | undefined;
  library?: ModelLibrary | undefined;
  /** How the weights of a GGUF that is made of safetensors are stored. */
  quantization?: string | undefined;
  signal: AbortSignal;
}

interface UploadInput extends UnpackInput {
  quantization: string | null;
}

/** UPLOAD: a client's file is unpacked, verified, installed as a custom model. Goes on by itself after a restart. */
export function defineUpload(lifecycle: LifecycleContext): void {
  lifecycle.tasks.define<UploadInput, InstallJournal>('UPLOAD', {
    resumesByItself: true,
    concurrency: 2,
    steps: [
      unpackStep<UploadInput, InstallJournal>(lifecycle),
      convertStep<UploadInput, InstallJournal>(lifecycle, { applies: () => true, quantizationOf: ({ quantization }) => quantization }),
      ...installSteps<UploadInput, InstallJournal>(lifecycle, () => true),
    ],
    cleanUp: ({ taskId, input }) => removeAll(lifecycle, { taskId, uploadId: input.uploadId }),
  });
}

/** Starts to make a model of an upload. Throws INVALID_INPUT, NAME_TAKEN, INSUFFICIENT_DISK. */
export async function uploadModel(lifecycle: LifecycleContext, request: UploadModelRequest): Promise<Task> {
  requireConvertedType(request.quantization);
  const received = await receiveUpload(lifecycle, request);
  const { uploadId, fileName, name } = await claimUnless(lifecycle, request, received, async () => {
    const name = request.name ?? nameOfFile(received.fileName);
    await requireRequestedName(lifecycle.catalogue, name, { type: 'upload', fileName: null });
    return { name };
  });
  const input: UploadInput = {
    name,
    library: request.library ?? null,
    uploadId,
    fileName,
    quantization: request.quantization ?? null,
    custom: true,
  };
  return startWithUpload(lifecycle, uploadId, { kind: 'UPLOAD', input });
}

/**
 * Takes an upload once the request that speaks of it has been checked. Of a refused one the file that came with it goes, as nobody else knows of
 * it; one that was sent before stays for the next try.
 */
export async function claimUnless<Checked extends object>(
  { uploads }: LifecycleContext,
  { file }: UploadedModelFile,
  { id }: FinishedUpload,
  check: () => Promise<Checked>,
): Promise<Checked & { uploadId: string; fileName: string | null }> {
  try {
    const checked = await check();
    const { id: uploadId, fileName } = await uploads.claim(id);
    return { ...checked, uploadId, fileName };
  } catch (error) {
    if (file) await uploads.drop(id);
    throw error;
  }
}

/**
 * Starts the task that a claimed upload is for, under the upload's own id: that is how a start after a crash knows which of them nobody
 * works on. One that no task takes is removed.
 */
export async function startWithUpload<Input extends UnpackInput>(
  { tasks, uploads }: LifecycleContext,
  uploadId: string,
  request: Omit<TaskRequest<Input>, 'id'>,
): Promise<Task> {
  const started = await tasks.start({ ...request, id: uploadId }).catch(async (error: unknown) => {
    await uploads.release(uploadId);
    throw error;
  });
  if (started.joined) await uploads.release(uploadId);
  return started.task;
}

/** The upload that a request speaks of; what came with it is written to disk first. Throws INVALID_INPUT unless exactly one is given. */
export async function receiveUpload(
  { uploads }: LifecycleContext,
  { uploadId, file, signal }: UploadedModelFile & { signal: AbortSignal },
) {
  if ((uploadId === undefined) === (file === undefined)) {
    const message = `expected exactly one of uploadId and file, got ${file ? 'both' : 'neither'}.`;
    throw new InvalidInputError({ field: 'input.uploadId', message });
  }
  if (file) return uploads.receive(file.stream(), { fileName: file.name ?? null, signal });
  return uploads.find(uploadId ?? '');
}

/** `fox-lora.zip` is `fox-lora`. Throws INVALID_INPUT for what cannot be a name. */
export function nameOfFile(fileName: string | null): string {
  const base = (fileName ?? '').replace(/^.*[/\\]/, '').replace(/\.(zip|tar|tgz|tar\.gz|gguf)$/i, '');
  if (base === '') throw new InvalidInputError({ field: 'input.name', message: 'expected a name, because the file has none.' });
  checkName(base, 'input.name');
  return base;
}
