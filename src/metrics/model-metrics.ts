import { Counter, Histogram, type Registry } from 'prom-client';
import { itemCounts, requestSeconds, stageSeconds, tokenCounts } from './buckets.ts';

/** What the scheduler reports. `model` is always the name of a stored model. */
export interface ModelReports {
  /** A request for a model has ended; `timing` is null where it failed. */
  modelRequestEnded(report: ModelRequestReport): void;
  batchEnded(report: BatchEndReport): void;
  /** A runner's process has ended unexpectedly. */
  runnerFailed(report: { model: string }): void;
}

export interface ModelRequestReport {
  model: string;
  /** The door that it came through, or `internal`. */
  door: string;
  /** `OK`, or the code of the failure; `OVERLOADED` is a request that the full queue refused. */
  outcome: string;
  /** How many items it asked about. */
  items: number;
  totalMs: number;
  timing: { queueMs: number; preprocessMs: number; inferenceMs: number } | null;
}

export interface BatchEndReport {
  model: string;
  size: number;
  paddedTokens: number;
  succeeded: boolean;
  /** All that the engine did for it. */
  durationMs: number;
}

/** How long requests of each model waited and ran, and what its batches were like. */
export function addModelMetrics(register: Registry, { modelLabel }: { modelLabel: (name: string) => string }): ModelReports {
  const registers = [register];
  const histogram = (name: string, help: string, buckets: number[], labelNames: string[] = ['model', 'door']) =>
    new Histogram({ name, help, buckets, labelNames, registers });
  const counter = (name: string, help: string, labelNames: string[]) => new Counter({ name, help, labelNames, registers });

  const total = counter('modelkeep_model_requests_total', 'Requests for a model that ended, by the code of their failure (OK: none).', [
    'model',
    'door',
    'outcome',
  ]);
  const refused = counter('modelkeep_model_refused_total', "Requests that a model's full queue refused at once (OVERLOADED).", ['model']);
  const restarts = counter(
    'modelkeep_runner_restarts_total',
    'Processes of a model that ended unexpectedly. Each is started again, until the model is given up.',
    ['model'],
  );
  const duration = histogram('modelkeep_model_request_duration_seconds', 'Answered requests: all of their time.', requestSeconds);
  const queue = histogram('modelkeep_model_queue_seconds', 'Answered requests: time until their first batch began.', stageSeconds);
  const preprocess = histogram('modelkeep_model_preprocess_seconds', 'Answered requests: time for tokenising.', stageSeconds);
  const inference = histogram(
    'modelkeep_model_inference_seconds',
    'Answered requests: time of the batches they were part of.',
    stageSeconds,
  );
  const items = histogram('modelkeep_model_request_items', 'Answered requests: how many items they asked about.', itemCounts);
  const batchSeconds = histogram('modelkeep_batch_duration_seconds', 'How long the engine took for a batch.', stageSeconds, ['model']);
  const batchSize = histogram('modelkeep_batch_size', 'Items of a batch.', itemCounts, ['model']);
  const batchTokens = histogram('modelkeep_batch_tokens', 'Tokens of a batch, with its padding.', tokenCounts, ['model']);
  const batchFailures = counter('modelkeep_batch_failures_total', 'Batches that the engine failed.', ['model']);

  return {
    modelRequestEnded({ model: name, door, outcome, items: itemCount, totalMs, timing }) {
      const model = modelLabel(name);
      total.inc({ model, door, outcome });
      if (outcome === 'OVERLOADED') refused.inc({ model });
      if (!timing) return;
      const labels = { model, door };
      duration.observe(labels, totalMs / 1000);
      queue.observe(labels, timing.queueMs / 1000);
      preprocess.observe(labels, timing.preprocessMs / 1000);
      inference.observe(labels, timing.inferenceMs / 1000);
      items.observe(labels, itemCount);
    },
    batchEnded({ model: name, size, paddedTokens, succeeded, durationMs }) {
      const labels = { model: modelLabel(name) };
      if (!succeeded) return batchFailures.inc(labels);
      batchSeconds.observe(labels, durationMs / 1000);
      batchSize.observe(labels, size);
      // Images have none.
      if (paddedTokens > 0) batchTokens.observe(labels, paddedTokens);
    },
    runnerFailed: ({ model }) => restarts.inc({ model: modelLabel(model) }),
  };
}
