import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Engine, PreparedText } from '../../src/engines/engine.ts';
import { inspectCheckpoint, openEngine } from '../../src/engines/open.ts';
import { readStoredTensors } from '../../src/formats/safetensors.ts';
import { changedWeights } from '../support/changed-weights.ts';
import { seededRandom } from '../support/checkpoint-maker.ts';
import { cosine, expectClose, goldenFolder, largestDifference } from '../support/golden.ts';
import { type GoldenPair, goldenPairs, goldenRerankers, preparePairs, scoreTogether } from '../support/reranking.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function prepareGolden(engine: Engine, items: readonly GoldenPair[]): Promise<PreparedText[]> {
  const prepared = await Promise.all(items.map(({ query, document }) => preparePairs(engine, query, [document])));
  return prepared.flat();
}

describe.each(goldenRerankers)('%s', (name) => {
  const golden = goldenPairs(name);
  const folder = goldenFolder(name);
  const { logits_atol: logitTolerance, score_atol: tolerance } = golden.tolerance;

  test('is described as a reranker with its label and its activation', async () => {
    const facts = await inspectCheckpoint(folder);
    expect(facts).toMatchObject({
      library: 'SENTENCE_TRANSFORMERS',
      capabilities: ['RERANK'],
      dimensions: null,
      maxTokens: golden.max_length,
      labels: ['LABEL_0'],
      quantization: 'F32',
    });
    expect(facts.description).toMatch(/reranker.*1 label, activation Sigmoid\.$/);
  });

  test('makes the reference ids and types of every pair, cut where it cuts', async () => {
    await using engine = await openEngine(folder, { threads: 1 });
    for (const item of golden.items) {
      const [pair] = await preparePairs(engine, item.query, [item.document]);
      expect([...(pair?.ids ?? [])], `${item.query} | ${item.document}`).toEqual(item.input_ids);
      if (item.token_type_ids) expect([...(pair?.typeIds ?? [])]).toEqual(item.token_type_ids);
      expect(pair?.tokensBeforeTruncation).toBeGreaterThanOrEqual(item.input_ids.length);
      expect(pair?.truncated).toBe((pair?.tokensBeforeTruncation ?? 0) > golden.max_length);
    }
    expect(golden.items.some(({ input_ids: ids }) => ids.length === golden.max_length)).toBe(true);
  });

  test('gives the reference logits and scores to a pair alone', async () => {
    await using engine = await openEngine(folder, { threads: 1 });
    for (const item of golden.items) {
      const [row] = await scoreTogether(engine, await preparePairs(engine, item.query, [item.document]));
      expectClose(row?.logits ?? [], item.logits, logitTolerance, `${item.query} | ${item.document}`);
      expectClose(row?.scores ?? [], [item.score], tolerance, `${item.query} | ${item.document}`);
    }
  });

  test('gives a pair the same score alone and in any batch', async () => {
    await using engine = await openEngine(folder, { threads: 2 });
    const prepared = await prepareGolden(engine, golden.items);
    const alone = await Promise.all(prepared.map(async (pair) => (await scoreTogether(engine, [pair]))[0]?.scores ?? []));
    const random = seededRandom(3);
    for (const size of [prepared.length, 7, 2]) {
      const order = prepared.map((pair, index) => ({ pair, index, rank: random() })).sort((left, right) => left.rank - right.rank);
      for (let start = 0; start < order.length; start += size) {
        const batch = order.slice(start, start + size);
        const rows = await scoreTogether(
          engine,
          batch.map(({ pair }) => pair),
        );
        for (const [row, { index }] of batch.entries()) {
          expectClose(rows[row]?.scores ?? [], alone[index] ?? [], 1e-5);
          expectClose(rows[row]?.scores ?? [], [golden.items[index]?.score ?? Number.NaN], tolerance);
        }
      }
    }
  });

  test('ranks the documents of every query as the reference does', async () => {
    await using engine = await openEngine(folder, { threads: 1 });
    for (const [index, query] of golden.queries.entries()) {
      const rows = await scoreTogether(engine, await preparePairs(engine, query, golden.documents));
      const order = rows.map((row, document) => ({ document, score: row.scores[0] ?? 0 })).sort((left, right) => right.score - left.score);
      expect(order.map(({ document }) => document)).toEqual(golden.ranking[index]);
    }
  });

  test('every weight matters to its logits, but key biases, which softmax does not see', async () => {
    await using copy = await temporaryFolder();
    await cp(folder, copy.path, { recursive: true });
    const file = join(copy.path, 'model.safetensors');
    const original = await readFile(file);
    const tensors = [...(await readStoredTensors(copy.path)).values()];
    expect(tensors.length).toBeGreaterThan(30);
    const unnoticed: string[] = [];
    for (const tensor of tensors.filter((candidate) => !candidate.name.endsWith('self.key.bias'))) {
      await writeFile(file, changedWeights(original, tensor));
      await using engine = await openEngine(copy.path, { threads: 1 });
      const rows = await scoreTogether(engine, await prepareGolden(engine, golden.items));
      const moved = Math.max(...rows.map((row, index) => largestDifference(row.logits, golden.items[index]?.logits ?? [])));
      if (moved < 5 * logitTolerance) unnoticed.push(`${tensor.name} [${tensor.shape}]`);
    }
    expect(unnoticed).toEqual([]);
  });

  test('pairs of texts with white space around them are stripped as Python strips', async () => {
    await using engine = await openEngine(folder, { threads: 1 });
    const [item] = golden.items;
    const [pair] = await preparePairs(engine, `\u2003\u001c ${item?.query}\u0085\n`, [` \t${item?.document}\u3000`]);
    expect([...(pair?.ids ?? [])]).toEqual(item?.input_ids);
  });

  test('gives in INT8 logits that follow the F32 ones', async () => {
    await using engine = await openEngine(folder, { threads: 1, precision: 'INT8' });
    const rows = await scoreTogether(engine, await prepareGolden(engine, golden.items));
    const logits = rows.map((row) => row.logits[0] ?? Number.NaN);
    const expected = golden.items.map((item) => item.logits[0] ?? Number.NaN);
    expect(cosine(logits, expected)).toBeGreaterThan(0.98);
    expect(largestDifference(logits, expected)).toBeGreaterThan(1e-4);
  });
});
