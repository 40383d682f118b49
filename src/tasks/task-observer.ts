import type { TaskKind } from './task.ts';

/** Hears how tasks run, for traces. */
export interface TaskObserver {
  attemptStarted(task: { id: string; kind: TaskKind; attempt: number; modelId: string | null }): AttemptObserver;
}

export interface AttemptObserver {
  /** Answers what is to be called when the step has ended; `failure` is null where it went well. */
  stepStarted(name: string): (failure: unknown) => void;
  /** `outcome` is how it ended: a state, or `PARKED`. */
  ended(outcome: string): void;
}
