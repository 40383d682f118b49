import type { ErrorCode } from '../errors.ts';
import type { BatchReport, RequestOrigin } from '../runner/protocol.ts';
import type { RunTiming } from './queued-request.ts';

/** Hears what the scheduler does, for metrics and traces. `model` is a stored model's name. */
export interface SchedulerObserver {
  /** Which request is being served; undefined outside of one. It goes with its work to the runner. */
  origin(): RequestOrigin | undefined;
  /** Called within the request's scope; `timing` is null where it failed. */
  requestEnded(report: { model: string; outcome: 'OK' | ErrorCode; items: number; totalMs: number; timing: RunTiming | null }): void;
  batchEnded(model: string, report: BatchReport, processId: number | undefined): void;
  /** A runner has ended unexpectedly. */
  runnerFailed(model: string): void;
}

/** For a scheduler that nobody watches. */
export const nobody: SchedulerObserver = { origin: () => undefined, requestEnded() {}, batchEnded() {}, runnerFailed() {} };
