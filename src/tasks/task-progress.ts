import type { Clock } from '../clock.ts';
import type { StepReport, Task } from './task.ts';
import type { StoredStep, TaskRecord } from './task-record.ts';
import { createTransferRate, type TransferRate } from './transfer-rate.ts';

/** How far the running attempt of a task is, between what the database knows. */
export interface TaskProgress {
  /** Takes a report of one step. Fractions never run backwards; nonsense (not a number, negative) counts for nothing. */
  report(stepIndex: number, report: StepReport): void;
  /** The steps with what was reported since they were stored. */
  merge(steps: readonly StoredStep[]): StoredStep[];
  /** How fast bytes come in, if the step in question moves any. */
  rateOf(stepIndex: number): TransferRate | null;
}

// A task is whole only when it succeeded, whatever its last step says.
const mostBeforeSuccess = 0.999;

export function createTaskProgress(clock: Clock): TaskProgress {
  const reported = new Map<
    number,
    { progress: number; bytes: StoredStep['bytes']; files: StoredStep['files']; rate: TransferRate | null }
  >();

  return {
    report(stepIndex, report) {
      const before = reported.get(stepIndex) ?? { progress: 0, bytes: null, files: undefined, rate: null };
      if ('fraction' in report) {
        reported.set(stepIndex, { ...before, progress: Math.max(before.progress, between0And1(report.fraction)) });
        return;
      }
      // A file that is fetched anew would take some back.
      const done = Math.max(before.bytes?.done ?? 0, Number.isFinite(report.doneBytes) ? report.doneBytes : 0);
      const total = report.totalBytes;
      const rate = before.rate ?? createTransferRate(clock);
      rate.sample(done);
      const fraction = total === null || total <= 0 ? 0 : between0And1(done / total);
      reported.set(stepIndex, {
        progress: Math.max(before.progress, fraction),
        bytes: { done, total },
        files: report.files ?? before.files,
        rate,
      });
    },
    merge: (steps) =>
      steps.map((step, index) => {
        const live = reported.get(index);
        if (!live) return step;
        const progress = step.state === 'SUCCEEDED' ? 1 : Math.max(step.progress, live.progress);
        const bytes = live.bytes && { ...live.bytes, done: Math.max(live.bytes.done, step.bytes?.done ?? 0) };
        return { ...step, progress, bytes: bytes ?? step.bytes, files: live.files ?? step.files };
      }),
    rateOf: (stepIndex) => reported.get(stepIndex)?.rate ?? null,
  };
}

/** What clients see of a task; with the progress of its running attempt where there is one. */
export function snapshotOf(record: TaskRecord, progress?: TaskProgress): Task {
  const steps = progress ? progress.merge(record.steps) : record.steps;
  const current = steps.findLastIndex((step) => step.bytes !== null);
  const bytes = steps[current]?.bytes ?? null;
  const rate = record.state === 'RUNNING' && steps[current]?.state === 'RUNNING' ? (progress?.rateOf(current) ?? null) : null;
  return {
    id: record.id,
    kind: record.kind,
    state: record.state,
    progress: record.state === 'SUCCEEDED' ? 1 : Math.min(mostBeforeSuccess, weightedProgress(steps)),
    bytes: bytes && { ...bytes, perSecond: rate?.perSecond() ?? null },
    files: steps[current]?.files ?? null,
    etaSeconds: rate && etaSeconds(steps, current, rate),
    steps: steps.map(({ name, state, progress, note }) => ({ name, state, progress, note })),
    modelId: record.modelId,
    modelNames: modelNamesOf(record.input),
    attempt: record.attempt,
    error: record.error,
    createdAt: record.createdAt,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
  };
}

/** Whatever a task does with models, these fields of its input are their names. */
function modelNamesOf(input: object): string[] {
  const { name, uploadName, from } = input as Record<string, unknown>;
  return [...new Set([name, uploadName, from].filter((value) => typeof value === 'string'))];
}

function weightedProgress(steps: readonly StoredStep[]): number {
  const total = sum(steps.map(({ weight }) => weight));
  return total === 0 ? 0 : sum(steps.map(({ weight, progress }) => weight * progress)) / total;
}

/** Later steps are taken to cost what their weights say, in terms of the step that is measured. */
function etaSeconds(steps: readonly StoredStep[], current: number, rate: TransferRate): number | null {
  const step = steps[current];
  if (!step?.bytes || step.bytes.total === null || step.weight === 0) return null;
  const remaining = rate.secondsFor(Math.max(0, step.bytes.total - step.bytes.done));
  const whole = rate.secondsFor(step.bytes.total);
  if (remaining === null || whole === null) return null;
  return remaining + (whole * sum(steps.slice(current + 1).map(({ weight }) => weight))) / step.weight;
}

function between0And1(fraction: number): number {
  return Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
