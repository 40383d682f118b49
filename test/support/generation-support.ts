import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import { type GenerateWork, type GenerationEnd, type GenerationEvent, leastGeneration } from '../../src/engines/generation.ts';
import { readGgufCheckpoint } from '../../src/formats/gguf/gguf-checkpoint.ts';
import type { GgufToWrite } from '../../src/formats/gguf/gguf-writer.ts';
import { createScheduler, type LoadOptions, type SchedulableModel, type Scheduler } from '../../src/scheduler/scheduler.ts';
import { writeGgufFile } from './gguf-file.ts';
import { never, silentLog, type TestBenchOptions } from './scheduler-support.ts';

/** A scheduler with real runners and llama.cpp in them, and GGUF models for it. Closes itself and removes their folders. */
export interface GenerationBench extends AsyncDisposable {
  scheduler: Scheduler;
  /** Makes a model's folder; further files, such as adapters, by name. */
  model(name: string, gguf: GgufToWrite, beside?: Record<string, GgufToWrite>): Promise<SchedulableModel>;
  /** Makes a model and loads it. */
  loaded(name: string, gguf: GgufToWrite, options?: LoadOptions, beside?: Record<string, GgufToWrite>): Promise<SchedulableModel>;
}

export function createGenerationBench({ config, limits, clock = systemClock, ...rest }: TestBenchOptions = {}): GenerationBench {
  const folders: string[] = [];
  const scheduler = createScheduler({
    config: {
      threads: 1,
      maxBatchTokens: 64,
      maxQueue: 256,
      keepAliveSeconds: null,
      memoryBudgetBytes: null,
      maxLoadedModels: null,
      maxImageBytes: 1e6,
      maxImagePixels: 1e6,
      ...config,
    },
    clock,
    log: silentLog,
    limits: { firstRestartMs: 10, ...limits },
    ...rest,
  });

  async function model(name: string, gguf: GgufToWrite, beside: Record<string, GgufToWrite> = {}): Promise<SchedulableModel> {
    const folder = await mkdtemp(join(tmpdir(), 'modelkeep-'));
    folders.push(folder);
    await writeGgufFile(join(folder, 'model.gguf'), gguf);
    for (const [file, other] of Object.entries(beside)) await writeGgufFile(join(folder, file), other);
    const facts = (await readGgufCheckpoint(folder))?.facts ?? null;
    return { id: `id-${name}`, name, folder, sizeBytes: 1000, facts };
  }

  return {
    scheduler,
    model,
    async loaded(name, gguf, options = {}, beside = {}) {
      const made = await model(name, gguf, beside);
      await scheduler.load(made, { ...options, generation: { gpu: 'OFF', ...options.generation } }, { signal: never });
      return made;
    },
    async [Symbol.asyncDispose]() {
      await scheduler.close({ drainMs: 0 });
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Work with a raw prompt, the likeliest token each time. */
export function promptWork(
  text: string,
  { sampling = {}, ...changes }: Omit<Partial<GenerateWork>, 'sampling'> & { sampling?: object } = {},
): GenerateWork {
  return {
    ...leastGeneration,
    maxTokens: 24,
    ...changes,
    input: { type: 'prompt', text },
    sampling: { ...leastGeneration.sampling, ...sampling },
  };
}

/** What one generation told. */
export interface Told {
  text: string;
  end: GenerationEnd;
  events: GenerationEvent[];
}

/** Runs a generation to its end. */
export async function told(
  scheduler: Scheduler,
  { id }: Pick<SchedulableModel, 'id'>,
  work: GenerateWork,
  { signal = never, onEvent = () => {} }: { signal?: AbortSignal; onEvent?: (event: GenerationEvent) => void } = {},
): Promise<Told> {
  const events: GenerationEvent[] = [];
  await scheduler.generate(id, work, {
    signal,
    onEvent(event) {
      events.push(event);
      onEvent(event);
    },
  });
  const ends = events.filter((event) => event.type === 'end');
  const [end] = ends;
  if (!end || ends.length !== 1 || events.at(-1) !== end)
    throw new Error(`Expected one end, the last event; got ${ends.length} of ${events.length}.`);
  return { text: events.map((event) => (event.type === 'text' ? event.text : '')).join(''), end, events };
}
