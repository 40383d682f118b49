import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
import { type Clock, systemClock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import { defaultLimits } from '../../src/scheduler/limits.ts';
import { createScheduler, type SchedulableModel, type Scheduler, type SchedulerOptions } from '../../src/scheduler/scheduler.ts';
import { type TestEngineSettings, testFacts } from './test-engine.ts';
import { embedWork } from './test-engine-work.ts';

export const silentLog = createLog({ level: 'silent' });
export const testRunnerEntry = fileURLToPath(new URL('./test-engine-runner.ts', import.meta.url));

/** A signal that never aborts. */
export const { signal: never } = new AbortController();

/** A scheduler on real processes with the test engine, and models for it. Closes itself and removes their folders. */
export interface TestBench extends AsyncDisposable {
  scheduler: Scheduler;
  /** Makes a model's folder. */
  model(name: string, settings?: TestEngineSettings): Promise<SchedulableModel>;
  /** Makes a model and loads it. */
  loaded(name: string, options?: Parameters<Scheduler['load']>[1], settings?: TestEngineSettings): Promise<SchedulableModel>;
  /** Embeds texts. */
  embed(model: SchedulableModel, texts: string[], signal?: AbortSignal): ReturnType<Scheduler['run']>;
}

export type TestBenchOptions = Omit<Partial<SchedulerOptions>, 'config'> & { config?: Partial<SchedulerOptions['config']> };

export function createTestBench({ config, limits, clock = systemClock, ...rest }: TestBenchOptions = {}): TestBench {
  const folders: string[] = [];
  const scheduler = createScheduler({
    config: {
      threads: 1,
      maxBatchTokens: 64,
      maxQueue: 256,
      keepAliveSeconds: null,
      memoryBudgetBytes: null,
      maxLoadedModels: null,
      maxImageBytes: 20_000_000,
      maxImagePixels: 50_000_000,
      ...config,
    },
    clock,
    log: silentLog,
    runnerEntry: testRunnerEntry,
    limits: { ...defaultLimits, firstRestartMs: 10, ...limits },
    ...rest,
  });

  async function model(name: string, settings: TestEngineSettings = {}): Promise<SchedulableModel> {
    const folder = await mkdtemp(join(tmpdir(), 'modelkeep-'));
    folders.push(folder);
    await writeFile(join(folder, 'engine.json'), JSON.stringify(settings));
    return { id: `id-${name}`, name, folder, sizeBytes: 1000, facts: testFacts(settings) };
  }

  return {
    scheduler,
    model,
    async loaded(name, options = {}, settings = {}) {
      const made = await model(name, settings);
      await scheduler.load(made, options, { signal: never });
      return made;
    },
    embed: (made, texts, signal = never) => scheduler.run(made.id, embedWork(texts), { signal }),
    async [Symbol.asyncDispose]() {
      await scheduler.close({ drainMs: 0 });
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Opens the gate that a text `gate:NAME` waits at. */
export async function openGate({ folder }: { folder: string }, name: string): Promise<void> {
  await writeFile(join(folder, name), '');
}

/** The texts that a model's engines have run, in order. */
export function ranTexts({ folder }: { folder: string }): string[] {
  try {
    return readFileSync(join(folder, 'ran.log'), 'utf8').trimEnd().split('\n');
  } catch {
    return [];
  }
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 15_000, interval: 5 });
}

/** Whether a process exists; one that ended and nobody asked about counts as gone. */
export function isAlive(processId: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${processId}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** What a promise rejects with; fails where it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  const outcome = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  expect(outcome, 'expected a failure').toBeInstanceOf(Error);
  return outcome as Error & { code?: string };
}

/** A clock that stands still until it is moved. */
export function createTestClock(): Clock & { advance(milliseconds: number): void } {
  let nowMs = 0;
  const timers = new Set<{ atMs: number; callback: () => void }>();
  return {
    now: () => new Date(Date.UTC(2030, 0, 1) + nowMs),
    monotonicMs: () => nowMs,
    setTimeout(callback, delayMs) {
      const timer = { atMs: nowMs + delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(milliseconds) {
      const endMs = nowMs + milliseconds;
      for (;;) {
        const [next] = [...timers].filter((timer) => timer.atMs <= endMs).sort((first, second) => first.atMs - second.atMs);
        if (!next) break;
        timers.delete(next);
        nowMs = next.atMs;
        next.callback();
      }
      nowMs = endMs;
    },
  };
}
