import { InvalidModelFileError } from '../../errors.ts';
import type { BatchTiming, PreparedText } from '../engine.ts';
import { batchInputs } from './batch-inputs.ts';
import type { Network } from './network.ts';

/** One forward pass: one row of `width` values per item, in order. Throws `INVALID_MODEL_FILE` when it fails, or for values that are no numbers. */
export async function runBatch(
  network: Network,
  { batch, width, timing }: { batch: readonly PreparedText[]; width: number; timing: BatchTiming },
): Promise<Float32Array[]> {
  if (batch.length === 0) return [];
  const inputs = timed(timing, 'inputNs', () => batchInputs(batch));
  const output = await timedRun(timing, () => network.run(inputs));
  return timed(timing, 'outputNs', () => readRows(output.data as Float32Array, batch.length, width));
}

/** Runs something native. Throws `INVALID_MODEL_FILE` when it fails. */
export async function timedRun<T>(timing: BatchTiming, run: () => Promise<T>): Promise<T> {
  const started = process.hrtime.bigint();
  const output = await run().catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message.slice(0, 500) : String(cause);
    throw new InvalidModelFileError({ file: 'model', message: `The runtime cannot run it: ${reason}`, cause });
  });
  timing.inferenceNs += Number(process.hrtime.bigint() - started);
  return output;
}

export function timed<T>(timing: BatchTiming, part: keyof BatchTiming, work: () => T): T {
  const started = process.hrtime.bigint();
  const result = work();
  timing[part] += Number(process.hrtime.bigint() - started);
  return result;
}

/** A tensor's values, `width` to a row. Throws `INVALID_MODEL_FILE` where they are of another number, or no numbers. */
export function readRows(data: Float32Array, rows: number, width: number): Float32Array[] {
  if (data.length !== rows * width) {
    throw new InvalidModelFileError({ file: 'model', message: `It gave ${data.length} values for ${rows} rows of ${width}.` });
  }
  if (!data.every(Number.isFinite)) {
    throw new InvalidModelFileError({
      file: 'model',
      message: 'The model gave values that are no numbers (NaN or infinite): its weights are damaged.',
    });
  }
  return Array.from({ length: rows }, (_, row) => data.slice(row * width, (row + 1) * width));
}
