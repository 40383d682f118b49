import { expect, test } from 'vitest';
import type { EmbedTextsWork, Engine, PreparedText } from '../../src/engines/engine.ts';
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
