import type { Clock } from '../clock.ts';
import { CanceledError, errorFromWire, InvalidModelFileError, type ModelkeepError, TimeoutError } from '../errors.ts';
import type { CheckpointFacts } from '../formats/checkpoint-facts.ts';
import type { Log } from '../log.ts';
import { onAbort } from './abort.ts';
import type { SchedulerLimits } from './limits.ts';
import type { MemoryWatch } from './memory-watch.ts';
import { startRunnerProcess } from './runner-process.ts';

export interface InspectOptions {
  /** Absolute path of the folder to check. */
  folder: string;
  entry: string;
  limits: Pick<SchedulerLimits, 'inspectMs' | 'inspectBytes'>;
  memoryWatch: MemoryWatch;
  signal: AbortSignal;
  clock: Clock;
  log: Log;
}

/**
 * Checks a folder that may be hostile in a process of its own, which is killed afterwards whatever happened. Throws what
 * the checks found; files that crash the process are `INVALID_MODEL_FILE` too.
 */
export async function inspectFolder({ folder, entry, limits, memoryWatch, signal, clock, log }: InspectOptions): Promise<CheckpointFacts> {
  if (signal.aborted) throw new CanceledError({ what: 'Checking the model files' });
  const { promise, resolve, reject } = Promise.withResolvers<CheckpointFacts>();
  await using runner = startRunnerProcess({
    entry,
    threads: 1,
    clock,
    log,
    onReply(reply) {
      if (reply.type === 'inspected') resolve(reply.facts);
      else if (reply.type === 'failed') reject(errorFromWire(reply.error));
    },
  });
  void runner.exited.then((detail) => reject(crashed(detail)));
  const { inspectMs: timeoutMs, inspectBytes } = limits;
  const cancelTimer = clock.setTimeout(() => reject(new TimeoutError({ what: 'Checking the model files', timeoutMs })), timeoutMs);
  const stop = (bytes: number) => reject(crashed(`it was stopped because it had ${Math.round(bytes / 1e6)} MB of memory`));
  const stopMeasuring =
    runner.pid === undefined ? () => {} : memoryWatch.add({ processId: runner.pid, allowedBytes: inspectBytes, place: null, stop });
  const stopListening = onAbort(signal, () => reject(new CanceledError({ what: 'Checking the model files' })));
  try {
    runner.send({ type: 'inspect', folder });
    return await promise;
  } finally {
    cancelTimer();
    stopMeasuring();
    stopListening();
  }
}

function crashed(detail: string): ModelkeepError {
  return new InvalidModelFileError({ file: 'checkpoint', message: `the process that checked the files ended: ${detail}` });
}
