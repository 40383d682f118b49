import { describe, expect, test } from 'vitest';
import { type GenerationEnd, type GenerationEvent, leastGeneration } from '../../src/engines/generation.ts';
import { RunnerCrashedError } from '../../src/errors.ts';
import { createGenerationQueue } from '../../src/scheduler/generation-queue.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { failureOf } from '../support/scheduler-support.ts';

const runnersEnd: GenerationEnd = {
  type: 'end',
  reason: 'STOP',
  error: null,
  usage: { promptTokens: 3, cachedPromptTokens: 0, completionTokens: 1 },
  timing: { queueMs: 1, promptMs: 10, firstTokenMs: 11, generationMs: 0, tokensPerSecond: null },
};

function setUp(maxQueue = 10) {
  const clock = fakeClock();
  const canceled: number[] = [];
  const queue = createGenerationQueue({ maxQueue, clock, onWork() {}, onCancel: ({ id }) => canceled.push(id) });
  const submit = (signal = new AbortController().signal) => {
    const events: GenerationEvent[] = [];
    return { events, end: queue.submit(leastGeneration, { signal, onEvent: (event) => events.push(event) }) };
  };
  return { clock, canceled, queue, submit };
}

describe('generations that wait', () => {
  test('are taken in the order in which they came', () => {
    const { queue, submit } = setUp();
    for (let count = 0; count < 3; count += 1) void submit();
    expect([queue.take()?.id, queue.take()?.id, queue.take()?.id, queue.take()]).toEqual([1, 2, 3, null]);
    expect(queue.depth).toBe(3);
  });

  test('count their wait as part of the time to the first token', async () => {
    const { clock, queue, submit } = setUp();
    const { end } = submit();
    clock.advance(100);
    queue.take()?.tell(runnersEnd);
    expect((await end).timing).toMatchObject({ queueMs: 101, firstTokenMs: 111, promptMs: 10 });
  });

  test('are refused where their images are more than all may have together', async () => {
    const { queue } = setUp();
    const submit = (bytes: number) =>
      queue.submit({ ...leastGeneration, images: [new Uint8Array(bytes)] }, { signal: new AbortController().signal, onEvent() {} });
    const first = submit(200 * 1024 ** 2);
    expect(await failureOf(submit(100 * 1024 ** 2))).toMatchObject({ code: 'OVERLOADED' });
    void submit(10 * 1024 ** 2);
    queue.take()?.tell(runnersEnd);
    await first;
    void submit(100 * 1024 ** 2);
    expect(queue.depth).toBe(2);
  });

  test('have one end, whatever is told after it', async () => {
    const { queue, submit } = setUp();
    const { events, end } = submit();
    const generation = queue.take();
    generation?.tell(runnersEnd);
    generation?.tell(runnersEnd);
    generation?.abandon(new RunnerCrashedError({ model: 'm', detail: 'late' }));
    generation?.tell({ type: 'text', index: 0, text: 'late', logprobs: null });
    expect((await end).reason).toBe('STOP');
    expect(events).toHaveLength(1);
    expect(queue.depth).toBe(0);
  });

  test('that are cancelled end at once where no runner has them, else where it says so', async () => {
    const { canceled, queue, submit } = setUp();
    const leaving = [new AbortController(), new AbortController()];
    const [running, waiting] = leaving.map(({ signal }) => submit(signal));
    const taken = queue.take();
    for (const controller of leaving) controller.abort();
    expect((await waiting?.end)?.reason).toBe('CANCELED');
    expect(canceled).toEqual([1]);
    taken?.tell({ ...runnersEnd, reason: 'CANCELED' });
    expect((await running?.end)?.reason).toBe('CANCELED');
  });

  test('are refused when there are too many, with a time that grows with those before', async () => {
    const { queue, submit } = setUp(2);
    submit();
    queue.take()?.tell({ ...runnersEnd, timing: { ...runnersEnd.timing, generationMs: 990 } });
    submit();
    submit();
    expect(await failureOf(submit().end)).toMatchObject({ code: 'OVERLOADED', retryAfterMs: 3000 });
  });

  test('end as an error with what was counted when the runner dies', async () => {
    const { clock, queue, submit } = setUp();
    const { events, end } = submit();
    const generation = queue.take();
    clock.advance(50);
    generation?.tell({ type: 'text', index: 0, text: 'a', logprobs: null });
    clock.advance(10);
    generation?.abandon(new RunnerCrashedError({ model: 'm', detail: 'it was killed by SIGKILL' }));
    expect(await end).toMatchObject({
      reason: 'ERROR',
      error: { code: 'RUNNER_CRASHED' },
      usage: { completionTokens: 1 },
      timing: { firstTokenMs: 50, generationMs: 10 },
    });
    expect(events).toHaveLength(2);
  });
});
