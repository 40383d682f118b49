import { once } from 'node:events';
import { join } from 'node:path';
import { systemClock } from '../src/clock.ts';
import { type GenerationEvent, leastGeneration } from '../src/engines/generation.ts';
import { readGgufCheckpoint } from '../src/formats/gguf/gguf-checkpoint.ts';
import { createLog } from '../src/log.ts';
import { createScheduler } from '../src/scheduler/scheduler.ts';
import { startWorker } from './process.ts';

/** When one client heard its first and its last token, from the request on. */
export interface Written {
  firstMs: number;
  lastMs: number;
  tokens: number;
}

/** Something that writes for several clients at once. */
export interface Writer extends AsyncDisposable {
  readonly name: string;
  write(prompts: readonly string[], maxTokens: number): Promise<Written[]>;
}

/** A writer whose clients can be watched while they read. */
export interface WatchedWriter extends Writer {
  /** Calls back for every delta; answers when its end has come. */
  watch(prompt: string, maxTokens: number, onDelta: () => void): Promise<void>;
  /** Processor time of the server's process, in milliseconds. */
  cpuMs(): number;
}

export interface WriterOptions {
  folder: string;
  threads: number;
  slots: number;
  contextSize: number;
}

/** node-llama-cpp in lock step, in a process of its own. */
export async function startBareLockStep({ folder, threads, slots, contextSize }: WriterOptions): Promise<Writer> {
  const args = [join(folder, 'model.gguf'), String(threads), String(slots), String(contextSize)];
  const { child, ...worker } = await startWorker('./bare-lock-step.ts', args);
  return {
    name: 'bare lock step',
    async write(prompts, maxTokens) {
      const answered = once(child, 'message');
      child.send({ prompts, maxTokens });
      const [written] = await answered;
      return written as Written[];
    },
    [Symbol.asyncDispose]: worker[Symbol.asyncDispose],
  };
}

/** The scheduler with its runner: all of the server but its doors. */
export async function startScheduler({ folder, threads, slots, contextSize }: WriterOptions): Promise<WatchedWriter> {
  const scheduler = createScheduler({
    config: {
      threads,
      maxBatchTokens: 512,
      maxQueue: 256,
      keepAliveSeconds: null,
      memoryBudgetBytes: null,
      maxLoadedModels: null,
      maxImageBytes: 1e6,
      maxImagePixels: 1e6,
    },
    clock: systemClock,
    log: createLog({ level: 'silent' }),
  });
  const facts = (await readGgufCheckpoint(folder))?.facts ?? null;
  const { signal } = new AbortController();
  const model = { id: 'model', name: 'model', folder, sizeBytes: 0, facts };
  await scheduler.load(model, { threads, generation: { slots, contextSize, gpu: 'OFF' } }, { signal });

  async function generate(prompt: string, maxTokens: number, onEvent: (event: GenerationEvent) => void): Promise<void> {
    await scheduler.generate('model', { ...leastGeneration, maxTokens, input: { type: 'prompt', text: prompt } }, { signal, onEvent });
  }

  async function writeOne(prompt: string, maxTokens: number): Promise<Written> {
    const startedMs = performance.now();
    const written = { firstMs: 0, lastMs: 0, tokens: 0 };
    await generate(prompt, maxTokens, (event) => {
      if (event.type === 'end') {
        if (event.reason === 'ERROR') throw new Error(event.error?.message);
        written.tokens = event.usage.completionTokens;
        return;
      }
      written.lastMs = performance.now() - startedMs;
      written.firstMs ||= written.lastMs;
    });
    return written;
  }

  return {
    name: 'scheduler and runner',
    write: (prompts, maxTokens) => Promise.all(prompts.map((prompt) => writeOne(prompt, maxTokens))),
    watch: (prompt, maxTokens, onDelta) => generate(prompt, maxTokens, (event) => (event.type === 'end' ? undefined : onDelta())),
    cpuMs() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    [Symbol.asyncDispose]: () => scheduler.close({ drainMs: 0 }),
  };
}
