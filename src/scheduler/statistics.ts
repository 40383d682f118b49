import type { Modality } from '../engines/engine.ts';
import type { BatchReport } from '../runner/protocol.ts';
import type { RunTiming } from './queued-request.ts';

/** How often, and how long together. */
export interface Tally {
  count: number;
  totalNs: number;
}

/** What one model has done since the server started, whether or not it is in memory now. */
export interface ModelStatistics {
  /** Items that went through a batch that succeeded. */
  inferenceCount: number;
  /** Batches that succeeded. */
  executionCount: number;
  lastInferenceAt: Date | null;
  /** Requests that were answered, with their whole time. */
  success: Tally;
  /** Requests that failed; those whose caller left are in neither. */
  failure: Tally;
  /** Per answered request. */
  queue: Tally;
  /** Tokenising, or decoding and resizing, per answered request. */
  preprocess: Tally;
  /** Per batch, as are the next two. */
  computeInput: Tally;
  computeInference: Tally;
  computeOutput: Tally;
  /** The same by batch size, smallest first. */
  batches: BatchSizeStatistics[];
}

export interface BatchSizeStatistics {
  size: number;
  computeInput: Tally;
  computeInference: Tally;
  computeOutput: Tally;
}

/** Counts what one model does. */
export interface StatisticsCounter {
  succeeded(timing: RunTiming, modality: Modality): void;
  failed(totalMs: number, modality: Modality): void;
  executed(report: BatchReport, at: Date): void;
  /** A copy, for readers: of all, or of texts or images alone. */
  snapshot(modality?: Modality | null): ModelStatistics;
}

/** Makes a counter at zero. */
export function createStatisticsCounter(): StatisticsCounter {
  const all = createCounts();
  const counts = { TEXT: createCounts(), IMAGE: createCounts() };
  return {
    succeeded(timing, modality) {
      for (const each of [all, counts[modality]]) each.succeeded(timing);
    },
    failed(totalMs, modality) {
      for (const each of [all, counts[modality]]) each.failed(totalMs);
    },
    executed(report, at) {
      for (const each of [all, counts[report.modality]]) each.executed(report, at);
    },
    snapshot: (modality = null) => (modality === null ? all : counts[modality]).snapshot(),
  };
}

function createCounts() {
  const total = { success: zero(), failure: zero(), queue: zero(), preprocess: zero(), ...zeroBatch() };
  const bySize = new Map<number, ReturnType<typeof zeroBatch>>();
  let inferenceCount = 0;
  let executionCount = 0;
  let lastInferenceAt: Date | null = null;

  return {
    succeeded(timing: RunTiming) {
      add(total.success, timing.totalMs * 1e6);
      add(total.queue, timing.queueMs * 1e6);
      add(total.preprocess, timing.preprocessMs * 1e6);
    },
    failed(totalMs: number) {
      add(total.failure, totalMs * 1e6);
    },
    executed(report: BatchReport, at: Date) {
      if (!report.succeeded) return;
      inferenceCount += report.size;
      executionCount += 1;
      lastInferenceAt = at;
      const ofSize = bySize.get(report.size) ?? zeroBatch();
      bySize.set(report.size, ofSize);
      for (const tallies of [total, ofSize]) {
        add(tallies.computeInput, report.inputNs);
        add(tallies.computeInference, report.inferenceNs);
        add(tallies.computeOutput, report.outputNs);
      }
    },
    snapshot(): ModelStatistics {
      const batches = [...bySize].map(([size, tallies]) => ({ size, ...tallies })).sort((first, second) => first.size - second.size);
      return structuredClone({ inferenceCount, executionCount, lastInferenceAt, ...total, batches });
    },
  };
}

function zero(): Tally {
  return { count: 0, totalNs: 0 };
}

function zeroBatch(): { computeInput: Tally; computeInference: Tally; computeOutput: Tally } {
  return { computeInput: zero(), computeInference: zero(), computeOutput: zero() };
}

function add(tally: Tally, nanoseconds: number): void {
  tally.count += 1;
  tally.totalNs += Math.round(nanoseconds);
}
