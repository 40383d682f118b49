import type { Clock } from '../clock.ts';
import { type Modality, modalityOf, type Work } from '../engines/engine.ts';
import type { GenerationEnd } from '../engines/generation.ts';
import { type ErrorCode, ModelkeepError } from '../errors.ts';
import type { SchedulerObserver } from './observer.ts';
import type { RunAnswer, RunTiming } from './queued-request.ts';
import type { StatisticsCounter } from './statistics.ts';

/** Keeps account of what is asked of one model: for its statistics, for metrics and traces. */
export interface RequestAccounts {
  /** Runs a request, and answers as it does. */
  run(work: Work, run: () => Promise<RunAnswer>): Promise<RunAnswer>;
  /** The same for a generation. */
  generate(write: () => Promise<GenerationEnd>): Promise<GenerationEnd>;
}

export interface RequestAccountsOptions {
  /** The model's name. */
  name: string;
  statistics: StatisticsCounter;
  observer: SchedulerObserver;
  clock: Clock;
}

/** Opens the accounts of one model. */
export function createRequestAccounts({ name, statistics, observer, clock }: RequestAccountsOptions): RequestAccounts {
  function succeeded(items: number, timing: RunTiming, modality: Modality): void {
    statistics.succeeded(timing, modality);
    observer.requestEnded({ model: name, items, outcome: 'OK', totalMs: timing.totalMs, timing });
  }

  function failed(items: number, failure: unknown, startedMs: number, modality: Modality): void {
    const outcome: ErrorCode = failure instanceof ModelkeepError ? failure.code : 'INTERNAL';
    const totalMs = clock.monotonicMs() - startedMs;
    if (outcome !== 'CANCELED') statistics.failed(totalMs, modality);
    observer.requestEnded({ model: name, items, outcome, totalMs, timing: null });
  }

  return {
    async run(work, run) {
      const startedMs = clock.monotonicMs();
      try {
        const answer = await run();
        succeeded(work.items.length, answer.timing, modalityOf(work));
        return answer;
      } catch (failure) {
        failed(work.items.length, failure, startedMs, modalityOf(work));
        throw failure;
      }
    },
    async generate(write) {
      const startedMs = clock.monotonicMs();
      try {
        const end = await write();
        if (end.reason === 'ERROR') failed(1, end.error, startedMs, 'TEXT');
        else if (end.reason === 'CANCELED') observeCanceled(clock.monotonicMs() - startedMs);
        else written(end, clock.monotonicMs() - startedMs);
        return end;
      } catch (failure) {
        failed(1, failure, startedMs, 'TEXT');
        throw failure;
      }
    },
  };

  function observeCanceled(totalMs: number): void {
    observer.requestEnded({ model: name, items: 1, outcome: 'CANCELED', totalMs, timing: null });
  }

  /** One answer is one execution: its sequence reads and writes beside others, but for nobody else. */
  function written({ usage, timing }: GenerationEnd, totalMs: number): void {
    const inferenceMs = timing.promptMs + timing.generationMs;
    const tokens = usage.promptTokens - usage.cachedPromptTokens + usage.completionTokens;
    const traceparent = observer.origin()?.traceparent;
    const report = {
      modality: 'TEXT' as const,
      size: 1,
      paddedTokens: tokens,
      succeeded: true,
      startedAtMs: clock.now().getTime() - inferenceMs,
      traceparents: traceparent === undefined ? [] : [traceparent],
      preprocessNs: 0,
      inputNs: Math.round(timing.promptMs * 1e6),
      inferenceNs: Math.round(timing.generationMs * 1e6),
      outputNs: 0,
    };
    statistics.executed(report, clock.now());
    observer.batchEnded(name, report, undefined);
    succeeded(1, { queueMs: timing.queueMs, preprocessMs: 0, inferenceMs, totalMs, batchSize: 1, batchTokens: tokens }, 'TEXT');
  }
}
