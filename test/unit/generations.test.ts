import { describe, expect, it } from 'vitest';
import { InputTooLongError } from '../../src/errors.ts';
import { createGenerationLog } from '../../src/inference/generation-log.ts';
import { createGenerations, type GenerationsOptions, type StartOptions } from '../../src/inference/generations.ts';
import type { GenerationEnd, GenerationEvent } from '../../src/scheduler/scheduler.ts';
import { fakeClock } from '../support/fake-clock.ts';

const signal = new AbortController().signal;
const usage = { promptTokens: 1, cachedPromptTokens: 0, completionTokens: 1 };
const timing = { queueMs: 0, promptMs: 0, firstTokenMs: null, generationMs: 0, tokensPerSecond: null };
const end = (reason: GenerationEnd['reason'] = 'STOP'): GenerationEnd => ({ type: 'end', reason, usage, timing, error: null });
const text = (piece: string): GenerationEvent => ({ type: 'text', index: 0, text: piece, logprobs: null });

const shown = (events: readonly GenerationEvent[]) =>
  events.map((event) => (event.type === 'text' ? `${event.index}:${event.text}` : event.type));

/** A registry, and generations whose events the test tells. */
function registry(options: Partial<GenerationsOptions> = {}) {
  const clock = fakeClock();
  const generations = createGenerations({ clock, ...options });
  function start(more: Partial<StartOptions> = {}) {
    const written = Promise.withResolvers<void>();
    let tell: (event: GenerationEvent) => void = () => {};
    let stopped: AbortSignal = signal;
    const started = generations.start({
      id: null,
      detached: false,
      signal,
      write(stop, onEvent) {
        tell = onEvent;
        stopped = stop;
        return written.promise;
      },
      ...more,
    });
    return {
      ...started,
      tell: (event: GenerationEvent) => tell(event),
      /** As the scheduler does: the end is told, then the promise resolves. */
      async finish(event: GenerationEnd = end()) {
        tell(event);
        written.resolve();
        await written.promise;
        await Promise.resolve();
        await Promise.resolve();
      },
      fail: (error: Error) => written.reject(error),
      isStopped: () => stopped.aborted,
    };
  }
  return { generations, clock, start };
}

describe('the log of a generation', () => {
  it('keeps one delta for a reader that does not read, however much is told', async () => {
    const log = createGenerationLog({ keeps: false });
    const events = log.follow({ fromIndex: 0, signal });
    log.push(text('a'));
    expect(shown([(await events.next()).value])).toEqual(['0:a']);
    for (let count = 0; count < 10_000; count += 1) log.push(text('b'));
    log.push(end());
    expect(shown([(await events.next()).value])).toEqual([`1:${'b'.repeat(10_000)}`]);
    expect(shown([(await events.next()).value])).toEqual(['end']);
    expect((await events.next()).done).toBe(true);
  });

  it('never changes what somebody has read', async () => {
    const log = createGenerationLog({ keeps: true });
    const [first, second] = [0, 0].map((fromIndex) => log.follow({ fromIndex, signal }));
    log.push(text('a'));
    const seen = (await first?.next())?.value;
    log.push(text('b'));
    expect(shown([seen])).toEqual(['0:a']);
    log.push(text('c'));
    log.push(end());
    expect(shown(await Array.fromAsync(second ?? []))).toEqual(['0:a', '1:bc', 'end']);
    expect(shown(await Array.fromAsync(log.follow({ fromIndex: 1, signal })))).toEqual(['1:bc', 'end']);
  });

  it('ends a reader that waits at once, when it leaves or its signal aborts', async () => {
    const log = createGenerationLog({ keeps: false });
    const leaving = new AbortController();
    for (const leave of [(events: AsyncIterator<unknown>) => events.return?.(), () => leaving.abort()]) {
      const events = log.follow({ fromIndex: 0, signal: leaving.signal });
      const waiting = events.next();
      void leave(events);
      expect((await waiting).done).toBe(true);
    }
  });

  it('takes nothing after the end', async () => {
    const log = createGenerationLog({ keeps: true });
    log.push(end());
    log.push(text('late'));
    log.fail(new Error('late'));
    expect(shown(await Array.fromAsync(log.follow({ fromIndex: 0, signal })))).toEqual(['end']);
  });
});

describe('generations', () => {
  it('stop when their client leaves, unless they are detached', async () => {
    const { start } = registry();
    for (const detached of [false, true]) {
      const left = start({ detached });
      await left.events.return?.();
      expect(left.isStopped()).toBe(!detached);
      const leaving = new AbortController();
      const aborted = start({ detached, signal: leaving.signal });
      leaving.abort();
      expect(aborted.isStopped()).toBe(!detached);
    }
  });

  it('that fail before anything was told throw that, later they end with it', async () => {
    const { start } = registry();
    const error = new InputTooLongError({ index: 0, tokens: 9, limit: 8 });
    const early = start();
    early.tell({ ...end('ERROR'), error });
    await expect(early.events.next()).rejects.toBe(error);
    const refused = start();
    refused.fail(error);
    await expect(refused.events.next()).rejects.toBe(error);
    const late = start();
    late.tell(text('a'));
    late.tell({ ...end('ERROR'), error });
    expect(await Array.fromAsync(late.events)).toMatchObject([{ text: 'a' }, { reason: 'ERROR', error }]);
  });

  it('that are detached are kept for five minutes after their end, and not longer', async () => {
    const { generations, clock, start } = registry();
    const { id, tell, finish } = start({ detached: true });
    tell(text('a'));
    clock.advance(3_600_000);
    await finish();
    clock.advance(299_999);
    expect(shown(await Array.fromAsync(generations.follow(id, { fromIndex: 0, signal })))).toEqual(['0:a', 'end']);
    clock.advance(1);
    expect(() => generations.follow(id, { fromIndex: 0, signal })).toThrow('There is no generation');
  });

  it('that are detached are bounded in number: one that has ended makes room, one that runs does not', async () => {
    const { generations, start } = registry({ maxDetached: 2 });
    const [first, second] = [start({ detached: true }), start({ detached: true })];
    expect(() => start({ detached: true })).toThrow('2 detached generations run already');
    await second.finish();
    start({ detached: true });
    expect(() => generations.follow(second.id, { fromIndex: 0, signal })).toThrow('There is no generation');
    expect(first.isStopped()).toBe(false);
    start();
  });

  it('that are detached are bounded in text: the rest is not written, and the reason is LENGTH', async () => {
    const { start } = registry({ maxDetachedText: 10 });
    const { events, tell, finish, isStopped } = start({ detached: true });
    tell(text('12345678'));
    expect(isStopped()).toBe(false);
    tell(text('90ab'));
    expect(isStopped()).toBe(true);
    tell(text('never'));
    await finish(end('CANCELED'));
    expect(await Array.fromAsync(events)).toMatchObject([{ text: '1234567890ab' }, { reason: 'LENGTH' }]);
  });

  it('are forgotten once they have ended, where they are not detached', async () => {
    const { generations, start } = registry();
    const { id, finish } = start();
    await finish();
    expect(() => generations.cancel(id)).toThrow('There is no generation');
  });

  it('all stop when the server does', () => {
    const { generations, start } = registry();
    const started = [start(), start({ detached: true })];
    generations.close();
    expect(started.map(({ isStopped }) => isStopped())).toEqual([true, true]);
  });
});
