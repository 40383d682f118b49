import { describe, expect, test, vi } from 'vitest';
import type { EmbedImagesWork, EmbedTextsWork, Engine, PreparedImage, PreparedText } from '../../src/engines/engine.ts';
import { InvalidImageError, type ModelkeepError } from '../../src/errors.ts';
import type { RunnerReply } from '../../src/runner/protocol.ts';
import { createWorkLoop } from '../../src/runner/work-loop.ts';
import { testFacts } from '../support/test-engine.ts';

const heldMs = 80;

test('what another batch held the thread for counts as waiting, not as tokenising', async () => {
  const tokenized = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<RunnerReply>();
  const engine: Engine = {
    facts: testFacts(),
    async prepare({ items }) {
      if (items.some((item) => item === 'second')) await tokenized.promise;
      return items.map(() => someText);
    },
    async embed(batch) {
      // The second text is ready while the first one runs, which nobody sees before that ends.
      setImmediate(tokenized.resolve);
      const endMs = performance.now() + heldMs;
      while (performance.now() < endMs);
      return batch.map(() => Float32Array.of(1));
    },
    async [Symbol.asyncDispose]() {},
  };
  const reply = (message: RunnerReply) => {
    if (message.type === 'result' && message.parcelId === 2) answered.resolve(message);
  };
  const loop = createWorkLoop({ engine, maxBatchTokens: 16, reply, report: () => {} });
  loop.run(1, embedWork('first'));
  loop.run(2, embedWork('second'));
  const { timing } = (await answered.promise) as Extract<RunnerReply, { type: 'result' }>;
  expect(timing.preprocessMs).toBeLessThan(heldMs / 2);
  expect(timing.queueMs).toBeGreaterThanOrEqual(heldMs * 0.9);
  expect(timing.inferenceMs).toBeGreaterThanOrEqual(heldMs);
  expect(timing).toMatchObject({ batchSize: 1, batchTokens: 2 });
});

const someText: PreparedText = {
  ids: Uint32Array.of(1, 2),
  typeIds: Uint32Array.of(0, 0),
  tokens: null,
  tokensBeforeTruncation: 2,
  truncated: false,
  unpooledTokens: 0,
};

function embedWork(text: string): EmbedTextsWork {
  return { kind: 'embedTexts', items: [text], firstIndex: 0, prompt: '', truncate: 'END', normalization: 'NONE', dimensions: null };
}

/** A model of images whose preparing the test holds, one promise for each parcel. */
function imageEngine(prepared: ReturnType<Engine['prepare']>[], ran: number[]): Engine & { asked: number } {
  return {
    facts: { ...testFacts(), capabilities: ['EMBED_IMAGE'] },
    asked: 0,
    prepare() {
      const next = prepared[this.asked];
      this.asked += 1;
      return next ?? Promise.resolve([]);
    },
    async embed() {
      throw new Error('It takes no texts.');
    },
    async runImages(batch) {
      ran.push(batch.length);
      return batch.map(() => Float32Array.of(3, 4));
    },
    async [Symbol.asyncDispose]() {},
  };
}

const someImage: PreparedImage = { pixels: Float32Array.of(1), output: 'FEATURES' };

function imagesWork(count: number, changes: Partial<EmbedImagesWork> = {}): EmbedImagesWork {
  const items = Array.from({ length: count }, () => new Uint8Array(1));
  return { kind: 'embedImages', items, firstIndex: 10, normalization: 'UNIT', dimensions: null, ...changes };
}

describe('images', () => {
  test('of a parcel of which some cannot be used are all told of, and none is run', async () => {
    const ran: number[] = [];
    const broken = (index: number) => new InvalidImageError({ index, reason: 'broken.' });
    const engine = imageEngine([Promise.resolve([someImage, broken(11), someImage, broken(13)]), Promise.resolve([someImage])], ran);
    const replies: RunnerReply[] = [];
    const loop = createWorkLoop({ engine, maxBatchTokens: 16, reply: (reply) => replies.push(reply), report: () => {} });
    loop.run(1, imagesWork(4));
    loop.run(2, imagesWork(1, { checksOnly: true }));
    await vi.waitFor(() => expect(replies).toHaveLength(2));
    const { result } = replies[0] as Extract<RunnerReply, { type: 'result' }>;
    expect(result).toMatchObject({
      kind: 'embedImages',
      failures: [
        { index: 11, error: { code: 'INVALID_IMAGE' } },
        { index: 13, error: { code: 'INVALID_IMAGE' } },
      ],
    });
    expect(replies[1]).toMatchObject({ parcelId: 2, result: { failures: [] } });
    expect(ran).toEqual([]);
  });

  test('are prepared for the next parcel while the one before is run, four to a batch', async () => {
    const ran: number[] = [];
    const second = Promise.withResolvers<(PreparedImage | ModelkeepError)[]>();
    const engine = imageEngine([Promise.resolve(new Array(6).fill(someImage)), second.promise], ran);
    const replies: RunnerReply[] = [];
    const loop = createWorkLoop({ engine, maxBatchTokens: 16, reply: (reply) => replies.push(reply), report: () => {} });
    loop.run(1, imagesWork(6));
    loop.run(2, imagesWork(1));
    await vi.waitFor(() => expect(replies.some((reply) => reply.type === 'result')).toBe(true));
    expect(engine.asked).toBe(2);
    expect(ran).toEqual([4, 2]);
    expect(replies[0]).toMatchObject({ type: 'batch', report: { modality: 'IMAGE', size: 4, paddedTokens: 0 } });
    second.resolve([someImage]);
    await vi.waitFor(() => expect(replies.filter((reply) => reply.type === 'result')).toHaveLength(2));
    expect(replies.at(-1)).toMatchObject({ result: { vectors: Float32Array.of(0.6, 0.8), dimensions: 2, failures: [] } });
  });
});
