import { describe, expect, test } from 'vitest';
import { CanceledError, InputTooLongError, RunnerCrashedError } from '../../src/errors.ts';
import { createModelQueue, type ModelQueueOptions } from '../../src/scheduler/model-queue.ts';
import { type Slice, sliceWork } from '../../src/scheduler/queued-request.ts';
import { createTestClock, failureOf, never } from '../support/scheduler-support.ts';
import { embedWork } from '../support/test-engine-work.ts';

const timing = { queueMs: 1, preprocessMs: 2, inferenceMs: 3, batchSize: 1, batchTokens: 8 };

function createQueue(changes: Partial<ModelQueueOptions> = {}) {
  const clock = createTestClock();
  const canceled: Slice[] = [];
  const queue = createModelQueue({
    maxQueue: 4,
    maxQueuedSize: 1000,
    sliceTokens: 6,
    maxTokens: null,
    clock,
    onWork: () => {},
    onCancel: (slice) => canceled.push(slice),
    ...changes,
  });
  return { queue, clock, canceled };
}

/** Answers a slice with one value per text: its index in the request. */
function deliver(queue: ReturnType<typeof createQueue>['queue'], slice: Slice): void {
  const indexes = Array.from({ length: slice.count }, (_, index) => slice.start + index);
  const result = {
    kind: 'embedTexts' as const,
    vectors: Float32Array.from(indexes),
    dimensions: 1,
    tokenCounts: Int32Array.from(indexes),
    truncated: new Uint8Array(slice.count),
  };
  queue.deliver(slice, result, timing);
}

function takeAll(queue: ReturnType<typeof createQueue>['queue']): Slice[] {
  const slices: Slice[] = [];
  for (let slice = queue.take(100); slice; slice = queue.take(100)) slices.push(slice);
  return slices;
}

describe('a model queue', () => {
  test('merges slices that come back in any order into one result in request order', async () => {
    const { queue } = createQueue();
    const answer = queue.submit(embedWork(['a', 'b', 'c', 'd', 'e']), never);
    const slices = takeAll(queue);
    expect(slices.map(({ start, count }) => [start, count])).toEqual([
      [0, 2],
      [2, 2],
      [4, 1],
    ]);
    for (const slice of slices.toReversed()) deliver(queue, slice);
    const { result } = await answer;
    expect(result).toMatchObject({ kind: 'embedTexts', dimensions: 1, vectors: Float32Array.of(0, 1, 2, 3, 4) });
    expect(queue.depth).toBe(0);
  });

  test('a slice says where in the request it begins', () => {
    const { queue } = createQueue();
    queue.submit(embedWork(['a', 'b', 'c'], { firstIndex: 10 }), never).catch(() => {});
    expect(takeAll(queue).map((slice) => sliceWork(slice))).toMatchObject([
      { items: ['a', 'b'], firstIndex: 10 },
      { items: ['c'], firstIndex: 12 },
    ]);
    queue.abandonAll(new CanceledError({ what: 'The test' }));
  });

  test('a request of one text takes its turn after one slice of a long one', () => {
    const { queue } = createQueue({ maxQueuedSize: 10_000 });
    queue.submit(embedWork(new Array<string>(1000).fill('x')), never).catch(() => {});
    queue.submit(embedWork(['short']), never).catch(() => {});
    const order = [queue.take(100), queue.take(100), queue.take(100)].map((slice) => slice?.request.work.items.length);
    expect(order).toEqual([1000, 1, 1000]);
    queue.abandonAll(new CanceledError({ what: 'The test' }));
  });

  test('nothing is taken beyond the credit', () => {
    const { queue } = createQueue();
    queue.submit(embedWork(['a'.repeat(100), 'b']), never).catch(() => {});
    expect(queue.take(10)).toBeNull();
    expect(queue.take(27)?.count).toBe(1);
    queue.abandonAll(new CanceledError({ what: 'The test' }));
  });

  test('refuses at once when it is full, and says from its own speed when to come back', async () => {
    const { queue, clock } = createQueue();
    const pending = [queue.submit(embedWork(['a', 'b']), never)];
    const first = queue.take(100) as Slice;
    for (let index = 0; index < 4; index += 1) pending.push(queue.submit(embedWork(['a', 'b']), never));
    expect(await failureOf(queue.submit(embedWork(['c']), never))).toMatchObject({ code: 'OVERLOADED', retryAfterMs: 1000 });
    clock.advance(50);
    deliver(queue, first);
    expect(await failureOf(queue.submit(embedWork(['c']), never))).toMatchObject({ code: 'OVERLOADED', retryAfterMs: 200 });
    for (const slice of takeAll(queue)) deliver(queue, slice);
    await Promise.all(pending);
    expect(queue.depth).toBe(0);
  });

  test('bounds the characters that wait, but takes any one request', async () => {
    const { queue } = createQueue();
    const large = queue.submit(embedWork(['x'.repeat(2000)]), never);
    expect(await failureOf(queue.submit(embedWork(['c']), never))).toMatchObject({ code: 'OVERLOADED' });
    deliver(queue, queue.take(1e6) as Slice);
    await large;
  });

  test('a caller that leaves frees its place, and what runs of it is cancelled', async () => {
    const { queue, canceled } = createQueue();
    const controller = new AbortController();
    const answer = queue.submit(embedWork(['a', 'b', 'c', 'd']), controller.signal);
    const slice = queue.take(100) as Slice;
    controller.abort();
    expect(await failureOf(answer)).toMatchObject({ code: 'CANCELED' });
    expect(queue.take(100)).toBeNull();
    expect(canceled).toEqual([slice]);
    expect(queue.waitingCount).toBe(0);
    expect(queue.depth).toBe(0);
  });

  test('a signal that is aborted already costs nothing', async () => {
    const { queue } = createQueue();
    expect(await failureOf(queue.submit(embedWork(['a']), AbortSignal.abort()))).toMatchObject({ code: 'CANCELED' });
    expect(queue.depth).toBe(0);
  });

  test('of several texts that fail, the first of the request decides, and later slices are dropped', async () => {
    const { queue, canceled } = createQueue();
    const answer = queue.submit(embedWork(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']), never);
    const [first, second, third] = [queue.take(100), queue.take(100), queue.take(100)] as [Slice, Slice, Slice];
    queue.fail(second, new InputTooLongError({ index: 3, tokens: 9, limit: 8 }));
    expect(canceled).toEqual([third]);
    expect(queue.take(100)).toBeNull();
    queue.fail(first, new InputTooLongError({ index: 1, tokens: 9, limit: 8 }));
    expect(await failureOf(answer)).toMatchObject({ code: 'INPUT_TOO_LONG', index: 1 });
  });

  test('a crash fails the requests that it held, and leaves those that wait', async () => {
    const { queue } = createQueue();
    const lost = queue.submit(embedWork(['a', 'b', 'c']), never);
    const slice = queue.take(100) as Slice;
    const kept = queue.submit(embedWork(['d']), never);
    queue.abandon([slice], new RunnerCrashedError({ model: 'm', detail: 'it was killed' }));
    expect(await failureOf(lost)).toMatchObject({ code: 'RUNNER_CRASHED' });
    deliver(queue, queue.take(100) as Slice);
    await expect(kept).resolves.toMatchObject({ result: { dimensions: 1 } });
  });

  test('a request without texts is answered without a runner', async () => {
    const { queue } = createQueue();
    await expect(queue.submit(embedWork([]), never)).resolves.toMatchObject({ result: { kind: 'embedTexts', dimensions: 0 } });
  });

  test('the timing covers the wait, and never claims more than the time that passed', async () => {
    const { queue, clock } = createQueue();
    const answer = queue.submit(embedWork(['a']), never);
    clock.advance(20);
    const slice = queue.take(100) as Slice;
    clock.advance(2);
    deliver(queue, slice);
    expect((await answer).timing).toEqual({ queueMs: 21, preprocessMs: 2, inferenceMs: 3, totalMs: 22, batchSize: 1, batchTokens: 8 });
  });
});
