import type { WireError } from '../errors.ts';

/** What a task does. */
export const taskKinds = ['DOWNLOAD', 'UPLOAD', 'IMPORT', 'CREATE', 'DEPLOY', 'LOAD', 'UNLOAD', 'DELETE', 'VERIFY'] as const;
export type TaskKind = (typeof taskKinds)[number];

/** Where a task, or one of its steps, stands. */
export const taskStates = ['QUEUED', 'RUNNING', 'PAUSED', 'SUCCEEDED', 'FAILED', 'CANCELED'] as const;
export type TaskState = (typeof taskStates)[number];

/** A snapshot of a task: plain data, never changed in place. */
export interface Task {
  id: string;
  kind: TaskKind;
  state: TaskState;
  /** 0 to 1 over all steps; 1 only when it succeeded. Never runs backwards within an attempt. */
  progress: number;
  /** Bytes of the step that moves bytes; null where none does. */
  bytes: { done: number; total: number | null; perSecond: number | null } | null;
  /** Files of the step that moves files; null where none does. */
  files: { done: number; total: number } | null;
  /** Seconds to the end, smoothed; null where it would be a guess. */
  etaSeconds: number | null;
  steps: TaskStepRecord[];
  modelId: string | null;
  /** Names of the models that it makes, or makes them of: known before there is a model. */
  modelNames: string[];
  /** 1 for the first attempt, one more for each retry or automatic resumption. */
  attempt: number;
  error: WireError | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** One step of a task, as clients see it. */
export interface TaskStepRecord {
  name: string;
  state: TaskState;
  /** 0 to 1. */
  progress: number;
  /** What is worth knowing about how it went, e.g. which model had to go for it; null mostly. */
  note: string | null;
}

/** How a kind of task is done. Registered once, before tasks are resumed. */
export interface TaskDefinition<Input extends object, Journal extends object> {
  /** Whether it goes on by itself after the server was restarted (at most twice); a LOAD does not. */
  resumesByItself: boolean;
  /** Whether it may be paused in the middle of a step, as when the server stops (default: no). */
  canPause?: boolean;
  /** Most tasks of the kind that run at once; others wait as QUEUED (default: no limit). */
  concurrency?: number;
  /** The steps in order. A step that finished in an earlier attempt is not run again. */
  steps: readonly TaskStep<Input, Journal>[];
  /** Removes what an unfinished task left behind; runs after a cancel, and after a failure that `retry` cannot use. Must be idempotent. */
  cleanUp?(context: TaskContext<Input, Journal>): Promise<void>;
  /** Gives what an ended task for the same work had kept to the new one, before it is cleaned up. */
  inherit?(fromTaskId: string, toTaskId: string): Promise<void>;
}

/** A step is idempotent, or records in the journal how far it got. */
export interface TaskStep<Input extends object, Journal extends object> {
  name: string;
  /** Its share of the task's progress, relative to the other steps' (default 1). */
  weight?: number;
  /** Whether there is anything to do; a step that does not apply counts as done. */
  applies?(context: TaskContext<Input, Journal>): boolean;
  run(context: TaskContext<Input, Journal>): Promise<void>;
  /** How far an interrupted step had got, as far as that is certain: shown after a restart before it goes on. */
  recall?(context: TaskContext<Input, Journal>): Promise<StepReport | null>;
}

/** How far a step is: in bytes, perhaps with files, or as a fraction 0 to 1. */
export type StepReport =
  | { doneBytes: number; totalBytes: number | null; files?: { done: number; total: number } | undefined }
  | { fraction: number };

/** What a running step is given. */
export interface TaskContext<Input extends object, Journal extends object> {
  readonly taskId: string;
  readonly modelId: string | null;
  readonly input: Readonly<Input>;
  readonly attempt: number;
  /** Aborted when the task is cancelled, or parked because the server stops. */
  readonly signal: AbortSignal;
  /** What earlier steps and attempts recorded. */
  readonly journal: Readonly<Partial<Journal>>;
  /** Adds to the journal; durable (fsynced) when it resolves. */
  record(entries: Partial<Journal>): Promise<void>;
  /** Says how far the step is. Not durable, coalesced; what runs backwards is not shown. */
  report(progress: StepReport): void;
  /** Says that the task got further for good: automatic resumptions are counted anew. Durable when it resolves. */
  advanced(): Promise<void>;
  /** Leaves a sentence for people on the step; stored and shown when the step ends. */
  note(text: string): void;
  /** Ties the task to a model that it made. Durable when it resolves. */
  setModel(modelId: string): Promise<void>;
}
