import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { GenerateWork } from '../../src/engines/generation.ts';
import type { RunnerReply, WireGenerationEvent } from '../../src/runner/protocol.ts';
import { type RunnerProcess, startRunnerProcess } from '../../src/scheduler/runner-process.ts';
import { promptWork } from '../support/generation-support.ts';
import { writeGgufFile } from '../support/gguf-file.ts';
import { randomLlama } from '../support/gguf-models.ts';
import { silentLog, until } from '../support/scheduler-support.ts';

/** So soon a stopped generation ends on an idle machine; this one is given ten times as long. */
const bound = { timeout: 2500, interval: 1 };
const entry = fileURLToPath(new URL('../../src/runner/main.ts', import.meta.url));
const folder = join(tmpdir(), `modelkeep-abort-${process.pid}`);
/** Reading it takes seconds. */
const longPrompt = 'the quick brown fox '.repeat(3000);

describe('a generation that is stopped', () => {
  let runner: RunnerProcess;
  let replies: RunnerReply[];
  let ids = 0;

  beforeAll(async () => {
    await writeGgufFile(join(folder, 'model.gguf'), randomLlama({ width: 128, layers: 4, contextLength: 16_384 }));
    replies = [];
    runner = startRunnerProcess({ entry, threads: 1, clock: systemClock, log: silentLog, onReply: (reply) => replies.push(reply) });
    const generation = { slots: 1, contextSize: 16_384, gpu: 'OFF' as const };
    runner.send({ type: 'load', folder, threads: 1, maxBatchTokens: 512, generation });
    await until(() => replies.some(({ type }) => type === 'loaded'));
  });
  afterAll(async () => {
    await runner?.kill();
    await rm(folder, { recursive: true, force: true });
  });

  const generated = () => replies.flatMap((reply) => (reply.type === 'generated' ? reply : []));
  const eventsOf = (id: number) =>
    generated().flatMap(({ events }) => events.flatMap((each) => (each.generationId === id ? each.event : [])));
  const endOf = (id: number) => eventsOf(id).find((event): event is Extract<WireGenerationEvent, { type: 'end' }> => event.type === 'end');
  const hasAdvanced = (id: number) => generated().some(({ advanced }) => advanced.includes(id));

  function begin(work: GenerateWork): number {
    ids += 1;
    runner.send({ type: 'generate', generationId: ids, work });
    return ids;
  }

  async function stopped(id: number) {
    runner.send({ type: 'stopGeneration', generationId: id });
    await expect.poll(() => endOf(id), bound).toBeDefined();
    return endOf(id);
  }

  /** The only slot works. */
  async function isFree(): Promise<void> {
    const next = begin(promptWork('the quick', { maxTokens: 2 }));
    await until(() => endOf(next) !== undefined);
    expect(endOf(next)).toMatchObject({ reason: 'LENGTH', usage: { completionTokens: 2 } });
  }

  test('while it waits for its turn ends at once, and the one that writes goes on', async () => {
    const writing = begin(promptWork('the quick', { maxTokens: null }));
    await until(() => eventsOf(writing).length > 0);
    const waiting = begin(promptWork('brown fox', { maxTokens: null }));
    expect(await stopped(waiting)).toMatchObject({ reason: 'CANCELED', usage: { completionTokens: 0 }, timing: { promptMs: 0 } });
    const before = eventsOf(writing).length;
    await until(() => eventsOf(writing).length > before);
    expect(await stopped(writing)).toMatchObject({ reason: 'CANCELED', error: null });
    await isFree();
  });

  test('while its prompt is read ends within a tick', async () => {
    const reading = begin(promptWork(longPrompt, { maxTokens: null }));
    await until(() => hasAdvanced(reading));
    expect(await stopped(reading)).toMatchObject({ reason: 'CANCELED', error: null, usage: { completionTokens: 0 } });
    expect(eventsOf(reading)).toHaveLength(1);
    await isFree();
  });

  test('while it writes ends within a token', async () => {
    const writing = begin(promptWork('the quick', { maxTokens: null }));
    await until(() => eventsOf(writing).length > 3);
    const end = await stopped(writing);
    expect(end).toMatchObject({ reason: 'CANCELED', error: null });
    expect(end?.usage.completionTokens).toBeGreaterThan(0);
    await isFree();
  });

  test('leaves what it had read for who comes with the same beginning', async () => {
    const reading = begin(promptWork(longPrompt, { maxTokens: 1 }));
    await until(() => hasAdvanced(reading));
    await stopped(reading);
    const again = begin(promptWork(longPrompt, { maxTokens: 1 }));
    await until(() => hasAdvanced(again));
    expect((await stopped(again))?.usage.cachedPromptTokens).toBeGreaterThan(0);
  });
});
