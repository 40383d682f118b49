import type { Insertable, Selectable } from 'kysely';
import type { WireError } from '../errors.ts';
import type { TasksTable } from '../storage/schema.ts';
import type { TaskDefinition, TaskKind, TaskState, TaskStepRecord } from './task.ts';

/** A step as it rests in the database: what clients see, and what the task's progress is computed from. */
export interface StoredStep extends TaskStepRecord {
  weight: number;
  /** How far a step that moves bytes got; null for any other. */
  bytes: { done: number; total: number | null } | null;
  /** How many of its files are whole; absent for a step that has none. */
  files?: { done: number; total: number } | undefined;
}

/** A task as it rests in the database. Plain data, never changed in place. */
export interface TaskRecord {
  readonly id: string;
  readonly kind: TaskKind;
  readonly state: TaskState;
  readonly modelId: string | null;
  readonly workKey: string | null;
  readonly input: object;
  readonly steps: readonly StoredStep[];
  readonly journal: Readonly<Record<string, unknown>>;
  readonly error: WireError | null;
  /** Whether what unfinished steps left behind is kept for a retry, has to be removed, or was removed. */
  readonly cleanUp: 'NONE' | 'PENDING' | 'DONE';
  readonly attempt: number;
  readonly resumptions: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** A definition whose types of input and journal do not matter here. */
export type AnyDefinition = TaskDefinition<object, Record<string, unknown>>;

export const activeStates = ['QUEUED', 'RUNNING', 'PAUSED'] as const satisfies readonly TaskState[];

/** Whether a task has yet to end: it waits, runs or is paused. */
export function isActive(task: { state: TaskState }): boolean {
  return activeStates.some((state) => state === task.state);
}

/** The steps at the start of an attempt: those of the definition, where finished ones of an earlier attempt stay finished. */
export function stepsOf(definition: AnyDefinition, earlier: readonly StoredStep[] = []): StoredStep[] {
  return definition.steps.map(({ name, weight = 1 }) => {
    // One that did not apply was given no weight; whether it applies now has to be asked again.
    const finished = earlier.find((step) => step.name === name && step.state === 'SUCCEEDED' && (step.weight > 0 || weight === 0));
    return finished ?? { name, state: 'QUEUED', progress: 0, note: null, weight, bytes: null };
  });
}

export function recordFromRow(row: Selectable<TasksTable>): TaskRecord {
  return {
    id: row.id,
    kind: row.kind as TaskKind,
    state: row.state as TaskState,
    modelId: row.model_id,
    workKey: row.work_key,
    input: JSON.parse(row.input),
    steps: JSON.parse(row.steps),
    journal: JSON.parse(row.journal),
    error: row.error === null ? null : JSON.parse(row.error),
    cleanUp: row.clean_up,
    attempt: row.attempt,
    resumptions: row.resumptions,
    createdAt: new Date(row.created_at),
    startedAt: row.started_at === null ? null : new Date(row.started_at),
    finishedAt: row.finished_at === null ? null : new Date(row.finished_at),
  };
}

export function rowFromRecord(record: TaskRecord): Insertable<TasksTable> {
  return {
    id: record.id,
    kind: record.kind,
    state: record.state,
    model_id: record.modelId,
    work_key: record.workKey,
    input: JSON.stringify(record.input),
    steps: JSON.stringify(record.steps),
    journal: JSON.stringify(record.journal),
    error: record.error === null ? null : JSON.stringify(record.error),
    clean_up: record.cleanUp,
    attempt: record.attempt,
    resumptions: record.resumptions,
    created_at: record.createdAt.toISOString(),
    started_at: record.startedAt?.toISOString() ?? null,
    finished_at: record.finishedAt?.toISOString() ?? null,
  };
}
