import { Gauge, type Registry } from 'prom-client';

/** What is in memory now. */
export interface Residents {
  memory: { budgetBytes: number; usedBytes: number };
  models: readonly ResidentModel[];
}

export interface ResidentModel {
  name: string;
  /** `LOADING`, `READY`, `UNLOADING` or `FAILED`. */
  state: string;
  /** Requests that are not answered yet. */
  queueDepth: number;
  /** Memory of each of its processes that is there. */
  runnerBytes: readonly number[];
}

const states = ['LOADING', 'READY', 'UNLOADING', 'FAILED'];

interface ResidentMetricsOptions {
  version: string;
  residents: () => Residents;
  modelLabel: (name: string) => string;
}

/** Gauges that are read when somebody asks: what is gone from memory is gone from them. */
export function addResidentMetrics(register: Registry, { version, residents, modelLabel }: ResidentMetricsOptions): void {
  const models = () => residents().models.map((model) => ({ ...model, label: modelLabel(model.name) }));

  gauge('modelkeep_info', 'The version of this server; always 1.', ['version'], (self) => self.set({ version }, 1));
  gauge('modelkeep_memory_budget_bytes', 'What loaded models may use together.', [], (self) => self.set(residents().memory.budgetBytes));
  gauge('modelkeep_memory_used_bytes', 'What loaded models use together.', [], (self) => self.set(residents().memory.usedBytes));
  gauge('modelkeep_loaded_models', 'How many models are ready.', [], (self) =>
    self.set(residents().models.filter(({ state }) => state === 'READY').length),
  );
  gauge('modelkeep_model_state', 'State of each model in memory: 1 for the one it is in, else 0.', ['model', 'state'], (self) => {
    for (const { label, state } of models()) for (const one of states) self.set({ model: label, state: one }, one === state ? 1 : 0);
  });
  gauge('modelkeep_model_runners', 'How many processes run the model.', ['model'], (self) => {
    for (const { label, runnerBytes } of models()) self.set({ model: label }, runnerBytes.length);
  });
  gauge('modelkeep_model_queue_depth', 'Requests for the model that are not answered yet.', ['model'], (self) => {
    for (const { label, queueDepth } of models()) self.set({ model: label }, queueDepth);
  });
  gauge(
    'modelkeep_runner_memory_bytes',
    'Memory of each process of the model, counted from 0; an estimate until it is measured.',
    ['model', 'runner'],
    (self) => {
      for (const { label, runnerBytes } of models()) {
        for (const [index, bytes] of runnerBytes.entries()) self.set({ model: label, runner: String(index) }, bytes);
      }
    },
  );

  function gauge(name: string, help: string, labelNames: string[], collect: (self: Gauge) => void): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [register],
      collect() {
        this.reset();
        collect(this);
      },
    });
  }
}
