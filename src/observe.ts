import type { Config } from './config.ts';
import { ModelkeepError } from './errors.ts';
import type { Log } from './log.ts';
import { createMetrics, type Metrics, type MetricsOptions } from './metrics/metrics.ts';
import type { Observation } from './observation.ts';
import type { RequestScopes } from './request-scope.ts';
import type { SchedulerObserver } from './scheduler/observer.ts';
import type { Task } from './tasks/task.ts';
import type { TaskObserver } from './tasks/task-observer.ts';
import type { Tracer } from './tracer.ts';

/** Everything that watches the server at work, in the form that each part knows. */
export interface Observers extends AsyncDisposable {
  /** For the doors. */
  readonly doors: Observation;
  readonly scheduler: SchedulerObserver;
  readonly tasks: TaskObserver | undefined;
  taskChanged(task: Task): void;
}

export interface ObserversOptions extends MetricsOptions {
  config: Pick<Config, 'traceEndpoint' | 'serviceName'>;
  scopes: RequestScopes;
  log: Log;
}

/** Ties metrics and traces to what the parts of the server report. The tracing SDK is loaded only where a collector is configured. */
export async function createObservers({ config, scopes, log, ...rest }: ObserversOptions): Promise<Observers> {
  const metrics = createMetrics(rest);
  const { traceEndpoint: endpoint, serviceName } = config;
  const tracing = endpoint === null ? null : await import('./tracing/otlp-tracer.ts');
  const tracer = tracing && endpoint !== null ? tracing.createOtlpTracer({ endpoint, serviceName, version: rest.version, log }) : null;
  return {
    doors: {
      scopes,
      tracer,
      requestEnded: (report) => metrics.requestEnded(report),
      exposeMetrics: (format) => metrics.expose(format),
    },
    scheduler: observeScheduler(scopes, metrics, tracer),
    tasks: tracer ? observeTasks(scopes, tracer) : undefined,
    taskChanged: (task) => metrics.taskChanged(task),
    async [Symbol.asyncDispose]() {
      metrics[Symbol.dispose]();
      await tracer?.close();
    },
  };
}

function observeScheduler(scopes: RequestScopes, metrics: Metrics, tracer: Tracer | null): SchedulerObserver {
  return {
    origin() {
      const scope = scopes.current();
      if (!scope) return undefined;
      const { requestId, traceparent } = scope;
      return traceparent === null ? { requestId } : { requestId, traceparent };
    },
    requestEnded(report) {
      const scope = scopes.current();
      metrics.modelRequestEnded({ ...report, door: scope?.door ?? 'internal' });
      if (!tracer || !report.timing || !scope?.traceparent) return;
      const startedAtMs = Date.now() - report.totalMs;
      const { queueMs, batchSize, batchTokens } = report.timing;
      const attributes = { 'modelkeep.model': report.model, 'modelkeep.batch.size': batchSize, 'modelkeep.batch.tokens': batchTokens };
      tracer.start('queue', { parent: scope.traceparent, startedAtMs, attributes }).end({ endedAtMs: startedAtMs + queueMs });
    },
    batchEnded(model, { size, paddedTokens, succeeded, startedAtMs, traceparents, inputNs, inferenceNs, outputNs }, processId) {
      const durationMs = (inputNs + inferenceNs + outputNs) / 1e6;
      metrics.batchEnded({ model, size, paddedTokens, succeeded, durationMs });
      if (!tracer) return;
      // A span has one parent, a batch may be for many requests: each gets the batch in its own trace.
      for (const parent of traceparents) {
        const attributes = {
          'modelkeep.model': model,
          'modelkeep.batch.size': size,
          'modelkeep.batch.tokens': paddedTokens,
          'process.pid': processId ?? 0,
        };
        const span = tracer.start('batch', { parent, startedAtMs, attributes });
        span.end({ endedAtMs: startedAtMs + durationMs, failure: succeeded ? null : 'INTERNAL' });
      }
    },
    runnerFailed: (model) => metrics.runnerFailed({ model }),
  };
}

function observeTasks(scopes: RequestScopes, tracer: Tracer): TaskObserver {
  return {
    attemptStarted({ id, kind, attempt, modelId }) {
      const attributes = {
        'modelkeep.task.id': id,
        'modelkeep.task.attempt': attempt,
        ...(modelId ? { 'modelkeep.model.id': modelId } : {}),
      };
      const whole = tracer.start(`task ${kind}`, { parent: scopes.current()?.traceparent ?? null, attributes });
      return {
        stepStarted(name) {
          const step = tracer.start(`step ${name}`, { parent: whole.traceparent, attributes: { 'modelkeep.task.id': id } });
          return (failure) =>
            step.end({ failure: failure === null ? null : failure instanceof ModelkeepError ? failure.code : 'INTERNAL' });
        },
        ended(outcome) {
          whole.end({ failure: outcome === 'FAILED' ? outcome : null, attributes: { 'modelkeep.task.outcome': outcome } });
        },
      };
    },
  };
}
