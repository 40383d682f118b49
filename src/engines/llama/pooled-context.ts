import { InvalidModelFileError } from '../../errors.ts';
import type { CheckpointFacts } from '../../formats/checkpoint-facts.ts';
import type { BatchTiming } from '../engine.ts';

/** A pass holds a whole text at once, so that memory grows with it: longer ones only where a context was asked for. */
const usualTokens = 8192;
const unknownTokens = 512;

/** The most tokens of one text, or pair. */
export function pooledContextSize({ maxTokens }: CheckpointFacts, asked: number | undefined): number {
  return asked ?? Math.min(maxTokens ?? unknownTokens, usualTokens);
}

/** Runs something native. Throws `INVALID_MODEL_FILE` when it fails. */
export async function timedNative<Result>(timing: BatchTiming, run: () => Promise<Result>): Promise<Result> {
  const started = process.hrtime.bigint();
  try {
    return await run();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, 500) : String(cause);
    throw new InvalidModelFileError({ file: 'model', message: `The runtime cannot run it: ${reason}`, cause });
  } finally {
    timing.inferenceNs += Number(process.hrtime.bigint() - started);
  }
}
