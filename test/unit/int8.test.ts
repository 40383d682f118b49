import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Engine, PreparedText } from '../../src/engines/engine.ts';
import { openSession } from '../../src/engines/onnx/session.ts';
import { inspectCheckpoint, openEngine } from '../../src/engines/open.ts';
import { InvalidModelFileError, UnsupportedModelError } from '../../src/errors.ts';
import { readCheckpoint } from '../../src/formats/checkpoint.ts';
import { graphNames } from '../../src/formats/encoder-network.ts';
import { estimateMemory } from '../../src/scheduler/model-runtime.ts';
import { type CheckpointOptions, madeTensors, makeCheckpoint, seededRandom, stored, writeWeights } from '../support/checkpoint-maker.ts';
import { embedTogether, prepareTexts } from '../support/embedding.ts';
import { cosine, type GoldenText, goldenExpected, goldenFolder } from '../support/golden.ts';
import { makeOnnxFileCheckpoint } from '../support/onnx-file-checkpoint.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What INT8 promises, for every text and in every batch. */
const leastCosine = 0.99;
const goldenRoot = fileURLToPath(new URL('../golden', import.meta.url));
const goldenCases = globSync('*-st/expected.json', { cwd: goldenRoot }).map(dirname);
const texts = ['hello world', 'the quick brown fox jumps over the lazy dog', '', 'cat '.repeat(60), 'passage: to be of it.'];
const int8 = { threads: 1, precision: 'INT8' } as const;

/** The smallest cosine of vectors to what they should be. */
function smallestCosine(actual: readonly ArrayLike<number>[], expected: readonly ArrayLike<number>[]): number {
  expect(actual).toHaveLength(expected.length);
  return Math.min(...actual.map((vector, index) => cosine(vector, expected[index] ?? [])));
}

describe.each(goldenCases)('%s in INT8', (name) => {
  const { items } = goldenExpected(name);
  const embeddings = items.map(({ embedding }) => embedding);
  const noTiming = () => ({ inputNs: 0, inferenceNs: 0, outputNs: 0 });

  /** All texts, each with its prompt. */
  async function prepareAll(engine: Engine): Promise<PreparedText[]> {
    const one = ({ text, prompt_name: promptName }: GoldenText): Promise<PreparedText[]> =>
      prepareTexts(engine, [text], { prompt: engine.facts.prompts[promptName ?? ''] ?? '' });
    return (await Promise.all(items.map(one))).flat();
  }

  test('is close to the reference for every text, alone and all in one batch', async () => {
    await using engine = await openEngine(goldenFolder(name), int8);
    const prepared = await prepareAll(engine);
    expect(smallestCosine(await engine.embed(prepared, noTiming()), embeddings)).toBeGreaterThanOrEqual(leastCosine);
    for (const [index, text] of prepared.entries()) {
      const alone = await engine.embed([text], noTiming());
      expect(smallestCosine(alone, [embeddings[index] ?? []]), items[index]?.text).toBeGreaterThanOrEqual(leastCosine);
    }
  });

  test('is as close in whatever company a text is', async () => {
    await using engine = await openEngine(goldenFolder(name), int8);
    const prepared = await prepareAll(engine);
    const alone = (await Promise.all(prepared.map((text) => engine.embed([text], noTiming())))).flat();
    const random = seededRandom(3);
    for (let round = 0; round < 60; round += 1) {
      const picked = Array.from({ length: 1 + Math.floor(random() * 12) }, () => Math.floor(random() * items.length));
      const vectors = await engine.embed(
        picked.map((index) => prepared[index] as PreparedText),
        noTiming(),
      );
      const [expected, byItself] = [embeddings, alone].map((all) => picked.map((index) => all[index] ?? []));
      expect(smallestCosine(vectors, expected ?? [])).toBeGreaterThanOrEqual(leastCosine);
      // Not exact: where a value lies between two integers, the last digit of a float decides.
      expect(smallestCosine(vectors, byItself ?? [])).toBeGreaterThanOrEqual(0.999);
    }
  });

  test('would be far off with scales that are half as large', async () => {
    const folder = goldenFolder(name);
    const { network } = await readCheckpoint(folder, { precision: 'INT8' });
    if (network.kind !== 'graph') throw new Error('It is run from its safetensors.');
    expect(await worstOfGraph(folder, network.graph)).toBeGreaterThanOrEqual(leastCosine);
    expect(await worstOfGraph(folder, withFloat(network.graph, 127, 254))).toBeLessThan(leastCosine);
  });

  /** The smallest cosine that a graph over the case's weights gives. */
  async function worstOfGraph(folder: string, graph: Uint8Array): Promise<number> {
    await using engine = await openEngine(folder, int8);
    await using session = await openSession(graph, { folder, file: 'graph', threads: 1 });
    const vectors: Float32Array[] = [];
    for (const { ids, typeIds } of await prepareAll(engine)) {
      const tensor = (values: ArrayLike<number>) => ({ type: 'int32' as const, data: Int32Array.from(values), shape: [1, values.length] });
      const feeds = { [graphNames.ids]: tensor(ids), [graphNames.mask]: tensor(ids.map(() => 1)), [graphNames.typeIds]: tensor(typeIds) };
      vectors.push((await session.run(feeds, graphNames.embedding)).data as Float32Array);
    }
    return smallestCosine(vectors, embeddings);
  }
});

/** A graph whose float constant `from` is `to`; fails unless there is exactly one. */
function withFloat(graph: Uint8Array, from: number, to: number): Uint8Array {
  const bytes = (value: number): Buffer => Buffer.from(new Float32Array([value]).buffer);
  const changed = Buffer.from(graph);
  const at = changed.indexOf(bytes(from));
  expect(at).toBeGreaterThan(0);
  expect(changed.indexOf(bytes(from), at + 1)).toBe(-1);
  bytes(to).copy(changed, at);
  return changed;
}

describe('INT8 weights', () => {
  test.each<[string, CheckpointOptions]>([
    ['F32', {}],
    ['F16', { dtype: 'F16' }],
    ['BF16', { dtype: 'BF16' }],
    ['F16 in shards', { dtype: 'F16', shards: 3 }],
  ])('are made from %s', async (_, options) => {
    await using folder = await temporaryFolder();
    await makeCheckpoint(folder.path, options);
    await using float = await openEngine(folder.path, { threads: 1 });
    await using engine = await openEngine(folder.path, int8);
    const [expected, actual] = [await embedTogether(float, texts), await embedTogether(engine, texts)];
    expect(smallestCosine(actual, expected)).toBeGreaterThanOrEqual(leastCosine);
    expect(actual).not.toEqual(expected);
  });

  test('may have rows of zeros, and be all zeros', async () => {
    await using folder = await temporaryFolder();
    await makeCheckpoint(folder.path);
    const tensors = madeTensors().map(({ name, shape, values }) => {
      if (name.endsWith('intermediate.dense.weight')) values.fill(0, 0, values.length / 2);
      if (name.includes('layer.0.attention.self.query')) values.fill(0);
      return stored({ name, shape, values }, 'F32');
    });
    await writeWeights(folder.path, tensors);
    await using float = await openEngine(folder.path, { threads: 1 });
    await using engine = await openEngine(folder.path, int8);
    expect(smallestCosine(await embedTogether(engine, texts), await embedTogether(float, texts))).toBeGreaterThanOrEqual(leastCosine);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('made from %d are found to be damaged', async (value) => {
    await using folder = await temporaryFolder();
    await makeCheckpoint(folder.path);
    const tensors = madeTensors().map(({ name, shape, values }) => {
      if (name.endsWith('layer.1.output.dense.weight')) values[5] = value;
      return stored({ name, shape, values }, 'F32');
    });
    await writeWeights(folder.path, tensors);
    await expect(openEngine(folder.path, int8)).rejects.toBeInstanceOf(InvalidModelFileError);
  });

  test('leave F32 as it is, which is what one gets without asking', async () => {
    const folder = goldenFolder('tiny-bert-st');
    const graphOf = async (precision?: 'F32' | 'INT8'): Promise<string> => {
      const { network } = await readCheckpoint(folder, precision ? { precision } : {});
      return network.kind === 'graph' ? Buffer.from(network.graph).toString('latin1') : '';
    };
    expect(await graphOf()).toBe(await graphOf('F32'));
    expect(await graphOf()).not.toMatch(/Quantize|Integer|com\.microsoft/);
    expect(await graphOf('INT8')).toMatch(/com\.microsoft/);
  });

  test('cannot be had of an ONNX file', async () => {
    await using folder = await temporaryFolder();
    await makeOnnxFileCheckpoint(folder.path);
    expect((await inspectCheckpoint(folder.path)).int8MemoryBytes).toBeNull();
    await expect(openEngine(folder.path, int8)).rejects.toBeInstanceOf(UnsupportedModelError);
    await using engine = await openEngine(folder.path, { threads: 1, precision: 'F32' });
    expect(await embedTogether(engine, ['cat'])).toHaveLength(1);
  });

  test('are reckoned with less memory, or with as much where facts of an earlier version do not tell', async () => {
    await using folder = await temporaryFolder();
    await makeCheckpoint(join(folder.path), { sizes: { hidden: 64, intermediate: 256, layers: 4 } });
    const facts = await inspectCheckpoint(folder.path);
    const model = { facts, sizeBytes: 0 };
    const matrices = 4 * (4 * 64 * 64 + 2 * 64 * 256);
    expect(estimateMemory(model, {}) - estimateMemory(model, { precision: 'INT8' })).toBeGreaterThan(matrices * 3);
    const { int8MemoryBytes: _, ...earlier } = facts;
    expect(estimateMemory({ ...model, facts: earlier }, { precision: 'INT8' })).toBe(facts.memoryBytes);
  });
});
