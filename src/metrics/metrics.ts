import { Registry } from 'prom-client';
import { createBoundedLabel } from './bounded-label.ts';
import { addDoorMetrics, type DoorReport } from './door-metrics.ts';
import { addModelMetrics, type ModelReports } from './model-metrics.ts';
import { openMetricsOf } from './open-metrics.ts';
import { addProcessMetrics } from './process-metrics.ts';
import { addResidentMetrics, type Residents } from './resident-metrics.ts';
import { addTaskMetrics, type TaskReport } from './task-metrics.ts';

/** The text formats that a Prometheus server asks for. */
export type PrometheusFormat = 'text/plain' | 'application/openmetrics-text';

/** What the server counts of itself. It imports nothing of the server: others report into it. */
export interface Metrics extends Disposable, ModelReports {
  /** A request, or an operation of a WebSocket, has ended. */
  requestEnded(report: DoorReport): void;
  /** A task is new, or has changed. */
  taskChanged(task: TaskReport): void;
  /** All of it, as Prometheus wants it. */
  expose(format: PrometheusFormat): Promise<{ text: string; contentType: string }>;
}

export interface MetricsOptions {
  version: string;
  startedAt: Date;
  /** Reads, when somebody asks for the metrics, what is in memory. */
  residents: () => Residents;
}

/** Most models with time series of their own. */
const mostModels = 1000;

export function createMetrics({ version, startedAt, residents }: MetricsOptions): Metrics {
  const registry = new Registry();
  const modelLabel = createBoundedLabel(mostModels);
  const processMetrics = addProcessMetrics(registry, { startedAt });
  addResidentMetrics(registry, { version, residents, modelLabel });
  return {
    requestEnded: addDoorMetrics(registry),
    taskChanged: addTaskMetrics(registry),
    ...addModelMetrics(registry, { modelLabel }),
    async expose(format) {
      const chosen = format === 'text/plain' ? registry : openMetricsOf(registry);
      return { text: await chosen.metrics(), contentType: chosen.contentType };
    },
    [Symbol.dispose]: () => processMetrics[Symbol.dispose](),
  };
}
