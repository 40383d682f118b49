import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SchedulableModel } from '../../src/scheduler/scheduler.ts';
import { createGenerationBench, type GenerationBench, promptWork, told } from '../support/generation-support.ts';
import { endlessModel, foxModel, randomLlama, randomLora } from '../support/gguf-models.ts';
import { failureOf, isAlive, until } from '../support/scheduler-support.ts';

const sentence = 'the quick brown fox jumps over lazy dog';
const drawn = { temperature: 1.2, topK: 50, topP: 0.95, minP: 0.01 };

describe('a model that writes', () => {
  let bench: GenerationBench;
  let fox: SchedulableModel;
  let endless: SchedulableModel;
  let random: SchedulableModel;

  beforeAll(async () => {
    bench = createGenerationBench();
    fox = await bench.loaded('fox', foxModel());
    endless = await bench.loaded('endless', endlessModel({ contextLength: 4096 }), { generation: { slots: 2 } });
    random = await bench.loaded('random', randomLlama(), { generation: { slots: 9 } });
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  test('says its sentence in whole pieces, then one end with counts and times', async () => {
    const { text, end, events } = await told(bench.scheduler, fox, promptWork('hello\n'));
    expect(text.trim()).toBe(sentence);
    expect(events.flatMap((event) => (event.type === 'end' ? [] : event.index))).toEqual(events.slice(0, -1).map((_, index) => index));
    expect(end).toMatchObject({ reason: 'STOP', error: null, usage: { cachedPromptTokens: 0, completionTokens: 8 } });
    expect(end.usage.promptTokens).toBeGreaterThan(2);
    const { queueMs, promptMs, firstTokenMs, generationMs, tokensPerSecond } = end.timing;
    for (const value of [queueMs, promptMs, firstTokenMs, generationMs, tokensPerSecond]) expect(value).toBeGreaterThanOrEqual(0);
    expect(firstTokenMs).toBeGreaterThanOrEqual(promptMs);
  });

  test('answers a conversation through the template of its file', async () => {
    const { text, end } = await told(bench.scheduler, fox, {
      ...promptWork(''),
      input: { type: 'chat', messages: [{ role: 'USER', content: 'What does it say?' }], template: null, tools: [], toolChoice: 'AUTO' },
    });
    expect(text.trim()).toBe(sentence);
    expect(end.reason).toBe('STOP');
  });

  test('ends at the most tokens that were asked for', async () => {
    const { text, end } = await told(bench.scheduler, fox, promptWork('hello\n', { maxTokens: 3 }));
    expect(text.trim()).toBe('the quick brown');
    expect(end).toMatchObject({ reason: 'LENGTH', usage: { completionTokens: 3 } });
  });

  test('ends before a stop text, which is not told', async () => {
    const { text, end } = await told(bench.scheduler, endless, promptWork('hello\n', { stop: ['n fox'] }));
    expect(text.trim()).toBe('the quick brow');
    expect(end.reason).toBe('STOP');
  });

  test('draws the same for the same seed, alone and among eight others, and something else for another', async () => {
    const work = (seed: number) => promptWork('the quick', { sampling: { ...drawn, seed } });
    const alone = await told(bench.scheduler, random, work(1));
    expect((await told(bench.scheduler, random, work(1))).text).toBe(alone.text);
    const [among, ...others] = await Promise.all([
      told(bench.scheduler, random, work(1)),
      ...Array.from({ length: 8 }, (_, index) =>
        told(bench.scheduler, random, promptWork(`other ${'x'.repeat(7 * index)}`, { sampling: { ...drawn, seed: index + 2 } })),
      ),
    ]);
    expect(among?.text).toBe(alone.text);
    expect(new Set(others.map(({ text }) => text)).size).toBe(8);
    expect((await told(bench.scheduler, random, work(2))).text).not.toBe(alone.text);
  });

  test('draws something else each time where no seed is given', async () => {
    const work = promptWork('the quick', { sampling: { temperature: 1.5, seed: null } });
    expect((await told(bench.scheduler, random, work)).text).not.toBe((await told(bench.scheduler, random, work)).text);
  });

  test('tells the model’s own probabilities, best first, however a token is drawn', async () => {
    const plain = await told(bench.scheduler, random, promptWork('the quick', { logprobs: 5, maxTokens: 1 }));
    const hot = await told(
      bench.scheduler,
      random,
      promptWork('the quick', { logprobs: 5, maxTokens: 1, sampling: { temperature: 3, topK: 2, seed: 3 } }),
    );
    const probabilitiesOf = ({ events }: typeof plain) => events.flatMap((event) => (event.type === 'text' ? (event.logprobs ?? []) : []));
    const [first] = probabilitiesOf(plain);
    expect(first?.top).toHaveLength(5);
    expect(first?.logprob).toBe(first?.top[0]?.logprob);
    const sorted = first?.top.map(({ logprob }) => logprob) ?? [];
    expect(sorted).toEqual([...sorted].sort((one, other) => other - one));
    expect(sorted.reduce((sum, logprob) => sum + Math.exp(logprob), 0)).toBeLessThanOrEqual(1);
    expect(probabilitiesOf(hot)[0]?.top).toEqual(first?.top);
  });

  test('asking for probabilities changes nothing of what is drawn', async () => {
    const sampling = { ...drawn, seed: 11 };
    const without = await told(bench.scheduler, random, promptWork('the quick', { sampling }));
    const withThem = await told(bench.scheduler, random, promptWork('the quick', { sampling, logprobs: 3 }));
    expect(withThem.text).toBe(without.text);
  });

  test('penalties keep an endless model from repeating itself', async () => {
    const words = async (sampling: object) =>
      (await told(bench.scheduler, endless, promptWork('hello\n', { maxTokens: 9, sampling }))).text.trim().split(' ');
    expect(new Set(await words({})).size).toBe(8);
    for (const penalty of [{ presencePenalty: 200 }, { frequencyPenalty: 200 }]) expect((await words(penalty))[8]).toBeUndefined();
    const say = async (repeatPenalty: number) =>
      (await told(bench.scheduler, random, promptWork('the quick', { sampling: { repeatPenalty } }))).text;
    expect(await say(20)).not.toBe(await say(1));
  });

  test('follows a grammar, and says what is wrong with one that is none', async () => {
    const format = (grammar: string) => ({ responseFormat: { type: 'gbnf' as const, grammar } });
    const { text, end } = await told(bench.scheduler, random, promptWork('x', format('root ::= "<" [a-c] [a-c] ">"')));
    expect(text).toMatch(/^<[a-c]{2}>$/);
    expect(end.reason).toBe('STOP');
    for (const grammar of ['root ::= (', 'root ::= root "a" | "b"', 'nothing']) {
      const wrong = await told(bench.scheduler, random, promptWork('x', format(grammar)));
      expect(wrong.end, grammar).toMatchObject({ reason: 'ERROR', error: { code: 'INVALID_INPUT' } });
    }
  });

  test('a prompt beyond the context is INPUT_TOO_LONG with the counts, and the context ends an answer', async () => {
    const tooLong = await told(bench.scheduler, fox, promptWork('the quick brown fox '.repeat(200)));
    expect(tooLong.end).toMatchObject({ reason: 'ERROR', error: { code: 'INPUT_TOO_LONG', limit: 511 } });
    const small = await bench.loaded('small', endlessModel(), { generation: { contextSize: 64, slots: 1 } });
    const { end } = await told(bench.scheduler, small, promptWork('hello\n', { maxTokens: null }));
    expect(end.reason).toBe('LENGTH');
    expect(end.usage.promptTokens + end.usage.completionTokens).toBe(64);
    await bench.scheduler.unload(small.id);
  });

  test('what a request before has read is not read again', async () => {
    const start = 'the quick brown fox jumps over '.repeat(12);
    const first = await told(bench.scheduler, fox, promptWork(`${start} one`, { maxTokens: 4 }));
    const again = await told(bench.scheduler, fox, promptWork(`${start} two`, { maxTokens: 4 }));
    const { promptTokens, cachedPromptTokens } = again.end.usage;
    expect(first.end.usage.cachedPromptTokens).toBeLessThan(8);
    expect(cachedPromptTokens).toBeGreaterThan(promptTokens - 16);
    expect(cachedPromptTokens).toBeLessThan(promptTokens);
    const same = await told(bench.scheduler, fox, promptWork(`${start} two`, { maxTokens: 4 }));
    expect(same.end.usage.cachedPromptTokens).toBe(promptTokens - 1);
    expect(same.text).toBe(again.text);
  });

  test('of fifty requests over two slots all finish', async () => {
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, index) => told(bench.scheduler, endless, promptWork(`n ${index}\n`, { maxTokens: 1 + (index % 7) }))),
    );
    for (const [index, { end }] of all.entries())
      expect(end).toMatchObject({ reason: 'LENGTH', usage: { completionTokens: 1 + (index % 7) } });
  });

  test('a generation that is cancelled ends as such, waiting or writing, and its slot goes to the next', async () => {
    const leaving = [new AbortController(), new AbortController(), new AbortController()];
    const running = leaving.map((controller) =>
      told(bench.scheduler, endless, promptWork('hello\n', { maxTokens: null }), {
        signal: controller.signal,
        onEvent: () => started.resolve(),
      }),
    );
    const started = Promise.withResolvers<void>();
    await started.promise;
    // The third waits: there are two slots.
    for (const controller of leaving.toReversed()) controller.abort();
    const [first, second, third] = await Promise.all(running);
    for (const { end } of [first, second, third].flatMap((each) => each ?? []))
      expect(end).toMatchObject({ reason: 'CANCELED', error: null });
    expect(third?.end.usage.completionTokens).toBe(0);
    expect((await told(bench.scheduler, endless, promptWork('hello\n', { maxTokens: 3 }))).end.reason).toBe('LENGTH');
  });

  test('a generation whose signal has aborted is not begun', async () => {
    expect(await failureOf(told(bench.scheduler, fox, promptWork('x'), { signal: AbortSignal.abort() }))).toMatchObject({
      code: 'CANCELED',
    });
  });

  test('a newcomer joins those that write, and who leaves does not hold up the rest', async () => {
    const texts: string[] = [];
    const joined = Promise.withResolvers<void>();
    const long = told(bench.scheduler, endless, promptWork('hello\n', { maxTokens: 400 }), {
      onEvent(event) {
        texts.push(event.type);
        if (texts.length === 20) joined.resolve();
      },
    });
    await joined.promise;
    const before = texts.length;
    expect((await told(bench.scheduler, endless, promptWork('hello\n', { maxTokens: 5 }))).end.reason).toBe('LENGTH');
    expect(texts.length).toBeGreaterThan(before);
    expect((await long).end.usage.completionTokens).toBe(400);
  });

  test('its tokens can be counted, and it answers its probe', async () => {
    const { result } = await bench.scheduler.run(
      fox.id,
      { kind: 'tokenizeTexts', items: ['the quick'], firstIndex: 0, prompt: '', truncate: 'NONE' },
      { signal: AbortSignal.timeout(10_000) },
    );
    expect(result.kind === 'tokenizeTexts' && result.items[0]?.tokens.join('')).toContain('the quick');
    expect(await bench.scheduler.probe(fox.id, AbortSignal.timeout(10_000))).toBe(true);
  });

  test('its statistics count answers', async () => {
    const before = bench.scheduler.statistics(fox.id);
    await told(bench.scheduler, fox, promptWork('hello\n'));
    const after = bench.scheduler.statistics(fox.id);
    expect(after.inferenceCount - before.inferenceCount).toBe(1);
    expect(after.success.count - before.success.count).toBe(1);
  });
});

test('a runner that is killed ends what it writes as RUNNER_CRASHED, and a new one goes on', async () => {
  await using bench = createGenerationBench();
  const endless = await bench.loaded('endless', endlessModel({ contextLength: 4096 }), { generation: { slots: 2 } });
  const [processId = 0] = bench.scheduler.processIds(endless.id);
  const begun = Promise.withResolvers<void>();
  const running = [1, 2, 3].map(() =>
    told(bench.scheduler, endless, promptWork('hello\n', { maxTokens: 2000 }), { onEvent: () => begun.resolve() }),
  );
  await begun.promise;
  process.kill(processId, 'SIGKILL');
  const ends = (await Promise.all(running)).map(({ end }) => end);
  await until(() => !isAlive(processId));
  const crashed = ends.filter(({ error }) => error?.code === 'RUNNER_CRASHED');
  expect(crashed).toHaveLength(2);
  for (const { reason, usage } of crashed)
    expect([reason, usage.completionTokens > 0 || usage.promptTokens === 0]).toEqual(['ERROR', true]);
  // The one that waited was nobody's yet.
  expect(ends.filter(({ reason }) => reason === 'LENGTH')).toHaveLength(1);
});

test('a full queue refuses at once and says when to come back', async () => {
  await using bench = createGenerationBench({ config: { maxQueue: 1 } });
  const endless = await bench.loaded('endless', endlessModel({ contextLength: 4096 }), { generation: { slots: 1 } });
  const leaving = new AbortController();
  const context = { signal: leaving.signal };
  const running = [1, 2].map(() => told(bench.scheduler, endless, promptWork('hello\n', { maxTokens: null }), context));
  const refused = await failureOf(told(bench.scheduler, endless, promptWork('hello\n')));
  expect(refused).toMatchObject({ code: 'OVERLOADED', retryAfterMs: expect.any(Number) });
  expect(bench.scheduler.runtime(endless.id)?.queueDepth).toBe(2);
  leaving.abort();
  for (const { end } of await Promise.all(running)) expect(end.reason).toBe('CANCELED');
});

test('unloading cancels what is still written once its patience is over', async () => {
  await using bench = createGenerationBench({ limits: { unloadMs: 50 } });
  const endless = await bench.loaded('endless', endlessModel({ contextLength: 4096 }), { generation: { slots: 1 } });
  const begun = Promise.withResolvers<void>();
  const running = told(bench.scheduler, endless, promptWork('hello\n', { maxTokens: 4000 }), { onEvent: () => begun.resolve() });
  await begun.promise;
  expect(await bench.scheduler.unload(endless.id)).toBe(true);
  expect(['CANCELED', 'LENGTH']).toContain((await running).end.reason);
});

test('an adapter changes what a model says by its scale, and nothing at 0', async () => {
  await using bench = createGenerationBench();
  const shape = { width: 64, layers: 2 };
  const beside = { 'tone.gguf': randomLora(shape) };
  const load = (name: string, scale: number | null) =>
    bench.loaded(name, randomLlama(shape), { generation: { adapters: scale === null ? [] : [{ file: 'tone.gguf', scale }] } }, beside);
  const say = async (model: SchedulableModel) => (await told(bench.scheduler, model, promptWork('the quick', { logprobs: 0 }))).events;
  const base = await say(await load('base', null));
  const texts = (events: typeof base) =>
    events.flatMap((event) => (event.type === 'text' ? event.logprobs?.map(({ logprob }) => logprob) : []));
  expect(texts(await say(await load('none', 0)))).toEqual(texts(base));
  expect(texts(await say(await load('half', 0.5)))).not.toEqual(texts(base));
  expect(texts(await say(await bench.loaded('whole', randomLlama(shape), {}, beside)))).toEqual(texts(await say(await load('one', 1))));
  const unknown = await failureOf(
    bench.loaded('unknown', randomLlama(shape), { generation: { adapters: [{ file: '../x.gguf', scale: 1 }] } }, beside),
  );
  expect(unknown).toMatchObject({ code: 'INVALID_INPUT' });
});

test('each kind of cache can be had', async () => {
  await using bench = createGenerationBench();
  for (const cacheType of ['F32', 'BF16', 'Q8_0', 'Q4_0'] as const) {
    const model = await bench.loaded(`fox-${cacheType}`, foxModel(), { generation: { cacheType, slots: 1 } });
    expect((await told(bench.scheduler, model, promptWork('hello\n'))).text.trim(), cacheType).toBe(sentence);
    await bench.scheduler.unload(model.id);
  }
});

test('a model is loaded and unloaded thirty times, and says the same each time', async () => {
  await using bench = createGenerationBench();
  const model = await bench.model('fox', foxModel());
  for (let round = 0; round < 30; round += 1) {
    await bench.scheduler.load(model, { generation: { gpu: 'OFF', slots: 1 } }, { signal: new AbortController().signal });
    if (round % 10 === 0) expect((await told(bench.scheduler, model, promptWork('hello\n'))).text.trim()).toBe(sentence);
    await bench.scheduler.unload(model.id);
  }
  expect(bench.scheduler.memory().usedBytes).toBe(0);
}, 120_000);

test('weights that are no numbers are refused when the model is loaded', async () => {
  await using bench = createGenerationBench();
  const model = await bench.model('damaged', randomLlama());
  const path = join(model.folder, 'model.gguf');
  const bytes = readFileSync(path);
  bytes.fill(0xff, bytes.length - 64 * 1024);
  writeFileSync(path, bytes);
  const failure = await failureOf(bench.scheduler.load(model, { generation: { gpu: 'OFF' } }, { signal: new AbortController().signal }));
  expect(failure).toMatchObject({ code: 'INVALID_MODEL_FILE' });
  expect(bench.scheduler.memory().usedBytes).toBe(0);
});
