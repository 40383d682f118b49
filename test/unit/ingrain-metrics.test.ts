import { expect, test } from 'vitest';
import { acceptedFormat } from '../../src/http/prometheus-accept.ts';
import { metricsBody } from '../../src/rest/ingrain-metrics.ts';

const duration = (count: number, totalNs: number) => ({ count, totalNs });
const statistics = {
  inferenceCount: 4,
  executionCount: 2,
  lastInferenceAt: '2024-11-21T05:05:09.000Z',
  success: duration(3, 81_234_567),
  failure: duration(0, 0),
  queue: duration(3, 1),
  preprocess: duration(3, 2),
  computeInput: duration(2, 3),
  computeInference: duration(2, 4_000_000_000),
  computeOutput: duration(2, 5),
  batches: [{ size: 2, computeInput: duration(1, 123), computeInference: duration(1, 456), computeOutput: duration(1, 789) }],
};
const data = {
  server: {
    version: '1.2.3',
    startedAt: '2024-11-21T05:00:00.000Z',
    memory: { budgetBytes: 1000, usedBytes: 10, freeBytes: 990 },
    loadedModels: [{ name: 'a/"b"', capabilities: ['EMBED_TEXT'] as const, statistics, text: statistics, images: statistics }],
  },
};

test('every number is a string and every member is there in both spellings', () => {
  const [stats] = metricsBody(data).modelStats;
  expect(stats).toMatchObject({
    name: 'a/"b"',
    version: '1',
    lastInference: '1732165509000',
    last_inference: '1732165509000',
    inferenceCount: '4',
    execution_count: '2',
    inferenceStats: {
      success: { count: '3', ns: '81234567' },
      fail: { count: '0', ns: '0' },
      compute_infer: { count: '2', ns: '4000000000' },
    },
    batchStats: [{ batchSize: '2', batch_size: '2', computeInfer: { count: '1', ns: '456' }, compute_infer: { count: '1', ns: '456' } }],
  });
  expect(stats?.inference_stats).toEqual(stats?.inferenceStats);
  expect(stats?.batch_stats).toEqual(stats?.batchStats);
  for (const value of Object.values(stats?.inferenceStats ?? {})) expect(Object.keys(value)).toEqual(['count', 'ns']);
});

test('a model of texts and images is two, each with what it did', () => {
  const images = { ...statistics, inferenceCount: 9 };
  const clip = { name: 'a/clip', capabilities: ['EMBED_TEXT', 'EMBED_IMAGE'] as const, statistics, text: statistics, images };
  const { modelStats } = metricsBody({ server: { loadedModels: [clip] } });
  expect(modelStats.map(({ name, inferenceCount }) => [name, inferenceCount])).toEqual([
    ['a/clip/text_encoder', '4'],
    ['a/clip/image_encoder', '9'],
  ]);
});

test('a model that never ran has no last inference, and no models is an empty list', () => {
  const [model] = data.server.loadedModels;
  if (!model) throw new Error('expected a model');
  const idle = { ...data.server, loadedModels: [{ ...model, statistics: { ...statistics, lastInferenceAt: null, batches: [] } }] };
  expect(metricsBody({ server: idle }).modelStats[0]).toMatchObject({ lastInference: null, last_inference: null, batchStats: [] });
  expect(metricsBody({ server: { ...data.server, loadedModels: [] } })).toEqual({ modelStats: [] });
});

test.each([
  [undefined, null],
  ['*/*', null],
  ['application/json', null],
  ['application/json, text/plain, */*', null],
  ['text/html,application/xhtml+xml,*/*;q=0.8', null],
  ['text/plain', 'text/plain'],
  ['text/plain; version=0.0.4', 'text/plain'],
  ['application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', 'application/openmetrics-text'],
  ['text/plain;q=0', null],
])('Accept: %s asks for %s', (accept, format) => {
  expect(acceptedFormat(accept)).toBe(format);
});
