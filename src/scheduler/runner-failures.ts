import { InsufficientMemoryError, type ModelkeepError, quote, RunnerCrashedError } from '../errors.ts';

/** A runner died: `detail` says of what. */
export function crashed(name: string, detail: string, wasReady: boolean): ModelkeepError {
  return new RunnerCrashedError({ model: name, detail, ...(wasReady ? {} : { advice: 'The model was not loaded.' }) });
}

/** A runner was stopped because it had `bytes` of memory. */
export function tookTooMuch({
  name,
  bytes,
  expectedBytes,
  wasReady,
}: {
  name: string;
  bytes: number;
  expectedBytes: number;
  wasReady: boolean;
}): ModelkeepError {
  const memory = `${megabytes(bytes)} of memory, where ${megabytes(expectedBytes)} were expected`;
  const detail = `it was stopped because it had ${memory}, and all models together more than MODELKEEP_MEMORY_BUDGET`;
  if (wasReady) return new RunnerCrashedError({ model: name, detail });
  return new InsufficientMemoryError({ needBytes: bytes, freeBytes: expectedBytes, message: `${quote(name)} was not loaded: ${detail}.` });
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
