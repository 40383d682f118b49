import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EmbeddedText, EmbeddingOutput, Engine, PreparedText } from '../../src/engines/engine.ts';
import { inspectCheckpoint, openEngine } from '../../src/engines/open.ts';
import { readSafetensors } from '../../src/formats/safetensors.ts';
import { changedWeights } from '../support/changed-weights.ts';
import { seededRandom } from '../support/checkpoint-maker.ts';
import { prepareTexts } from '../support/embedding.ts';
import { expectClose, goldenFolder, largestDifference } from '../support/golden.ts';
import { expectSparse, goldenOutputCases, goldenOutputs } from '../support/golden-outputs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function run(engine: Engine, batch: readonly PreparedText[], outputs: readonly EmbeddingOutput[]): Promise<EmbeddedText[]> {
  const timing = { inputNs: 0, inferenceNs: 0, outputNs: 0 };
  return (await engine.embedOutputs?.(batch, { outputs, withWords: true, timing })) ?? [];
}

/** The golden texts with their prompts, ready to run. */
async function prepareGolden(engine: Engine, { items }: ReturnType<typeof goldenOutputs>): Promise<PreparedText[]> {
  const { prompts } = engine.facts;
  const prepared = items.map(({ text, prompt_name: name }) =>
    prepareTexts(engine, [text], { prompt: name === undefined ? '' : (prompts[name] ?? 'none') }),
  );
  return (await Promise.all(prepared)).flat();
}

describe.each(goldenOutputCases)('%s', (name) => {
  const golden = goldenOutputs(name);
  const { tolerance } = golden;
  const hasDense = golden.embedding_dim !== undefined;
  const all: EmbeddingOutput[] = [...(hasDense ? (['DENSE'] as const) : []), 'SPARSE', 'TOKENS'];

  test('is known by its files', async () => {
    expect(await inspectCheckpoint(goldenFolder(name))).toMatchObject({
      capabilities: ['EMBED_TEXT'],
      dimensions: golden.embedding_dim ?? null,
      outputs: all,
      sparseDimensions: golden.sparse_dim,
      maxTokens: golden.max_seq_length,
      description: expect.stringMatching(hasDense ? /Sparse vectors: .* Token vectors: / : /SPLADE/),
    });
  });

  test('gives each text what the reference gives, alone and the same in any batch', async () => {
    await using engine = await openEngine(goldenFolder(name), { threads: 2 });
    const prepared = await prepareGolden(engine, golden);
    expect(prepared.map(({ ids }) => [...ids])).toEqual(golden.items.map(({ input_ids: ids }) => ids));
    const check = (rows: readonly EmbeddedText[], places: readonly number[]): void => {
      for (const [row, place] of places.entries()) {
        const [given, item] = [rows[row] as EmbeddedText, golden.items[place] as (typeof golden.items)[number]];
        expectSparse(given.sparse ?? { indices: [], values: [] }, item.sparse, tolerance.sparse_atol);
        expect(given.sparse?.words).toEqual(item.sparse.tokens);
        if (item.embedding) expectClose(given.vector ?? [], item.embedding, tolerance.embedding_atol ?? 0, item.text);
        if (item.token_vectors) expectClose(given.tokens?.vectors ?? [], item.token_vectors.flat(), tolerance.token_atol ?? 0, item.text);
        expect([...(given.tokens?.ids ?? [])]).toEqual(hasDense ? item.input_ids.slice(1) : item.input_ids);
      }
    };
    for (const [place, text] of prepared.entries()) check(await run(engine, [text], all), [place]);
    const random = seededRandom(3);
    const mixed = prepared.map((_, place) => ({ place, rank: random() })).sort((left, right) => left.rank - right.rank);
    for (const size of [mixed.length, 5]) {
      for (let start = 0; start < mixed.length; start += size) {
        const places = mixed.slice(start, start + size).map(({ place }) => place);
        check(
          await run(
            engine,
            places.map((place) => prepared[place] as PreparedText),
            all,
          ),
          places,
        );
      }
    }
  });

  test('gives only what is asked for', async () => {
    await using engine = await openEngine(goldenFolder(name), { threads: 1 });
    const [text] = (await prepareGolden(engine, golden)) as [PreparedText];
    for (const output of all) {
      const [given] = await run(engine, [text], [output]);
      const there = { DENSE: given?.vector, SPARSE: given?.sparse, TOKENS: given?.tokens };
      expect(all.filter((other) => there[other] !== null)).toEqual([output]);
    }
  });

  test('shows a change of every weight of its heads', { timeout: 60_000 }, async () => {
    await using copy = await temporaryFolder();
    await cp(goldenFolder(name), copy.path, { recursive: true });
    const sparseOf = async (): Promise<number[][]> => {
      await using engine = await openEngine(copy.path, { threads: 1 });
      const rows = await run(engine, (await prepareGolden(engine, golden)).slice(0, 5), all);
      return rows.map(({ sparse, tokens }) => {
        const whole = new Array<number>(golden.sparse_dim).fill(0);
        for (const [place, index] of (sparse?.indices ?? []).entries()) whole[index] = sparse?.values[place] ?? 0;
        return [...whole, ...(hasDense ? (tokens?.vectors ?? []) : [])];
      });
    };
    const original = await sparseOf();
    let changes = 0;
    for (const file of hasDense ? ['sparse_linear.safetensors', 'colbert_linear.safetensors'] : ['model.safetensors']) {
      const bytes = await readFile(join(copy.path, file));
      for (const tensor of await readSafetensors(copy.path, file)) {
        if (!hasDense && !/^cls\.|^vocab_|^lm_head\.|^head\.|^decoder\./.test(tensor.name)) continue;
        await writeFile(join(copy.path, file), changedWeights(bytes, tensor));
        const changed = await sparseOf();
        expect(Math.max(...changed.map((row, index) => largestDifference(row, original[index] ?? []))), tensor.name).toBeGreaterThan(1e-3);
        changes += 1;
      }
      await writeFile(join(copy.path, file), bytes);
    }
    expect(changes).toBeGreaterThanOrEqual(4);
  });
});
