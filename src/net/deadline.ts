import { CanceledError, TimeoutError } from '../errors.ts';

/** All the clocks of one fetch: the caller's signal, the whole time, and the time of the stage it is in. */
export interface Deadline {
  /** Aborts with the typed error that says which one it was. */
  readonly signal: AbortSignal;
  /** Replaces the stage's clock; null stops it, while we wait for our own side. */
  startStage(timeoutMs: number | null, what: string): void;
  /** Calls `work`, but throws as soon as the signal aborts; a late answer is dropped. */
  race<T>(work: Promise<T>): Promise<T>;
  /** Stops every clock and lets go of the caller's signal. */
  release(): void;
}

export function createDeadline({
  signal,
  timeoutMs,
  what,
}: {
  signal: AbortSignal | undefined;
  timeoutMs: number | null;
  what: string;
}): Deadline {
  const stop = new AbortController();
  const end = (reason: CanceledError | TimeoutError) => {
    stop.abort(reason);
    release();
  };
  const cancel = () => end(new CanceledError({ what }));
  const arm = (milliseconds: number, name: string) =>
    setTimeout(() => end(new TimeoutError({ what: name, timeoutMs: milliseconds })), milliseconds);
  const whole = timeoutMs === null ? undefined : arm(timeoutMs, what);
  let stage: { timer: NodeJS.Timeout; timeoutMs: number; name: string; isPaused: boolean } | null = null;
  function armStage(timeoutMs: number, name: string): void {
    const own = { timeoutMs, name, isPaused: false, timer: setTimeout(() => !own.isPaused && endStage(own), timeoutMs) };
    stage = own;
  }
  const endStage = ({ name, timeoutMs: stageMs }: { name: string; timeoutMs: number }) =>
    end(new TimeoutError({ what: name, timeoutMs: stageMs }));
  function release(): void {
    clearTimeout(whole);
    clearTimeout(stage?.timer);
    signal?.removeEventListener('abort', cancel);
  }
  if (signal?.aborted) cancel();
  else signal?.addEventListener('abort', cancel, { once: true });

  return {
    signal: stop.signal,
    startStage(stageMs, name) {
      if (stop.signal.aborted) return;
      // For each piece of a body: the timer that is there is wound up again, rather than another made.
      if (stageMs === null) {
        if (stage) stage.isPaused = true;
      } else if (stage?.timeoutMs === stageMs) {
        stage.name = name;
        stage.isPaused = false;
        stage.timer.refresh();
      } else {
        clearTimeout(stage?.timer);
        armStage(stageMs, name);
      }
    },
    async race(work) {
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      const onAbort = () => reject(stop.signal.reason);
      stop.signal.addEventListener('abort', onAbort, { once: true });
      if (stop.signal.aborted) onAbort();
      try {
        return await Promise.race([work, aborted]);
      } finally {
        stop.signal.removeEventListener('abort', onAbort);
      }
    },
    release,
  };
}
