import type { RunTiming } from '../scheduler/scheduler.ts';

/** Of two requests, one after the other. */
export function added(first: RunTiming, second: RunTiming): RunTiming {
  const largest = second.batchSize > first.batchSize ? second : first;
  return {
    queueMs: first.queueMs + second.queueMs,
    preprocessMs: first.preprocessMs + second.preprocessMs,
    inferenceMs: first.inferenceMs + second.inferenceMs,
    totalMs: first.totalMs + second.totalMs,
    batchSize: largest.batchSize,
    batchTokens: largest.batchTokens,
  };
}

/** Of two shares that ran side by side, in so many milliseconds together; one may be missing. */
export function beside(first: RunTiming | null, second: RunTiming | null, totalMs: number): RunTiming {
  if (!first || !second) return { ...(first ?? second ?? noTime), totalMs };
  const sum = added(first, second);
  return { ...sum, queueMs: Math.max(first.queueMs, second.queueMs), inferenceMs: Math.min(sum.inferenceMs, totalMs), totalMs };
}

const noTime: RunTiming = { queueMs: 0, preprocessMs: 0, inferenceMs: 0, totalMs: 0, batchSize: 0, batchTokens: 0 };
