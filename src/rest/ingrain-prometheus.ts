import { Counter, Gauge, type OpenMetricsContentType, Registry } from 'prom-client';
import type { IngrainMetricsQuery } from './operations.generated.ts';

type Server = NonNullable<IngrainMetricsQuery['server']>;
type LoadedModel = NonNullable<Server['loadedModels']>[number];
type Statistics = NonNullable<LoadedModel['statistics']>;

/** The text formats that a Prometheus server asks for. */
export type PrometheusFormat = 'text/plain' | 'application/openmetrics-text';

const stages = {
  queue: 'queue',
  preprocess: 'preprocess',
  compute_input: 'computeInput',
  compute_inference: 'computeInference',
  compute_output: 'computeOutput',
} as const satisfies Record<string, keyof Statistics>;

/** Prometheus text of what GraphQL tells about the loaded models and the memory. Seconds and bytes, as its conventions want. */
export async function prometheusText(
  { server }: IngrainMetricsQuery,
  format: PrometheusFormat,
): Promise<{ text: string; contentType: string }> {
  const registry = format === 'text/plain' ? new Registry() : openMetricsRegistry();
  if (server) addServer(registry, server);
  addModels(registry, server?.loadedModels ?? []);
  addStatistics(registry, server?.loadedModels ?? []);
  return { text: await registry.metrics(), contentType: registry.contentType };
}

/** The types of prom-client's metrics know the other content type alone. */
function openMetricsRegistry(): Registry {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return registry as unknown as Registry;
}

function addServer(registry: Registry, { version, startedAt, memory, loadedModels }: Server): void {
  gauge(registry, 'modelkeep_info', 'The version of this server; always 1.', ['version']).set({ version }, 1);
  gauge(registry, 'modelkeep_start_time_seconds', 'When this server started, in seconds since 1970.').set(
    new Date(startedAt).getTime() / 1000,
  );
  gauge(registry, 'modelkeep_loaded_models', 'How many models are in memory.').set(loadedModels?.length ?? 0);
  gauge(registry, 'modelkeep_memory_budget_bytes', 'What loaded models may use together.').set(memory.budgetBytes);
  gauge(registry, 'modelkeep_memory_used_bytes', 'What loaded models use together.').set(memory.usedBytes);
}

function addModels(registry: Registry, models: readonly LoadedModel[]): void {
  const ready = gauge(registry, 'modelkeep_model_ready', 'Whether the model answers: 1, or 0 while it is loaded or unloaded.', ['model']);
  const instances = gauge(registry, 'modelkeep_model_instances', 'How many processes run the model.', ['model']);
  const memory = gauge(registry, 'modelkeep_model_memory_bytes', 'What the model uses of the memory.', ['model']);
  const queue = gauge(registry, 'modelkeep_model_queue_depth', 'How many requests wait for the model.', ['model']);
  for (const { name: model, runtime } of models) {
    if (!runtime) continue;
    ready.set({ model }, runtime.state === 'READY' ? 1 : 0);
    instances.set({ model }, runtime.instances);
    memory.set({ model }, runtime.memoryBytes);
    queue.set({ model }, runtime.queueDepth);
  }
}

function addStatistics(registry: Registry, models: readonly LoadedModel[]): void {
  const items = counter(registry, 'modelkeep_model_inferences_total', 'How many inputs were run.', ['model']);
  const executions = counter(registry, 'modelkeep_model_executions_total', 'How many batches were run.', ['model']);
  const requests = counter(registry, 'modelkeep_model_requests_total', 'How many requests ended.', ['model', 'outcome']);
  const seconds = counter(registry, 'modelkeep_model_request_seconds_total', 'How long requests took, all together.', ['model', 'outcome']);
  const stageSeconds = counter(registry, 'modelkeep_model_stage_seconds_total', 'How long a stage took, all together.', ['model', 'stage']);
  const batches = counter(registry, 'modelkeep_model_batches_total', 'How many batches of a size were run.', ['model', 'size']);
  for (const { name: model, statistics } of models) {
    if (!statistics) continue;
    items.inc({ model }, statistics.inferenceCount);
    executions.inc({ model }, statistics.executionCount);
    for (const outcome of ['success', 'failure'] as const) {
      requests.inc({ model, outcome }, statistics[outcome].count);
      seconds.inc({ model, outcome }, statistics[outcome].totalNs / 1e9);
    }
    for (const [stage, key] of Object.entries(stages)) stageSeconds.inc({ model, stage }, statistics[key].totalNs / 1e9);
    for (const { size, computeInference } of statistics.batches) batches.inc({ model, size: String(size) }, computeInference.count);
  }
}

function gauge(registry: Registry, name: string, help: string, labelNames: string[] = []): Gauge {
  return new Gauge({ name, help, labelNames, registers: [registry] });
}

function counter(registry: Registry, name: string, help: string, labelNames: string[]): Counter {
  return new Counter({ name, help, labelNames, registers: [registry] });
}
