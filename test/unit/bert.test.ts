import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PreparedText } from '../../src/engines/engine.ts';
import { openEngine } from '../../src/engines/open.ts';
import { readStoredTensors } from '../../src/formats/safetensors.ts';
import type { StoredTensor } from '../../src/formats/safetensors-types.ts';
import { finishVector } from '../../src/runner/finish-vector.ts';
import { type CheckpointOptions, makeCheckpoint, seededRandom } from '../support/checkpoint-maker.ts';
import { embedTogether, embedWith, prepareTexts } from '../support/embedding.ts';
import { cosine, expectClose, goldenExpected, goldenFolder, goldenTensor, largestDifference } from '../support/golden.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const golden = goldenExpected('tiny-bert-st');
const goldenTexts = golden.items.map(({ text }) => text);
const tolerance = golden.tolerance.embedding_atol;
const noTiming = () => ({ inputNs: 0, inferenceNs: 0, outputNs: 0 });

describe('the golden BERT', () => {
  test('embeds each text alone as the reference does', async () => {
    await using engine = await openEngine(goldenFolder('tiny-bert-st'), { threads: 1 });
    for (const item of golden.items) {
      const [vector = new Float32Array()] = await embedTogether(engine, [item.text]);
      expectClose(vector, item.embedding, tolerance, item.text);
      expect(cosine(vector, item.embedding)).toBeGreaterThanOrEqual(golden.tolerance.cosine_min);
    }
  });

  test('embeds a text to the same vector alone and in any batch, with one thread or two', async () => {
    await using engine = await openEngine(goldenFolder('tiny-bert-st'), { threads: 2 });
    const prepared = await prepareTexts(engine, goldenTexts);
    const alone = await Promise.all(prepared.map(async (text) => (await engine.embed([text], noTiming()))[0] as Float32Array));
    const random = seededRandom(7);
    for (const size of [30, 7, 3]) {
      const order = prepared.map((text, index) => ({ text, index, rank: random() })).sort((left, right) => left.rank - right.rank);
      for (let start = 0; start < order.length; start += size) {
        const batch = order.slice(start, start + size);
        const vectors = await engine.embed(
          batch.map(({ text }) => text),
          noTiming(),
        );
        for (const [row, { index }] of batch.entries()) {
          expectClose(vectors[row] ?? [], alone[index] ?? [], 1e-5);
          expectClose(vectors[row] ?? [], golden.items[index]?.embedding ?? [], tolerance);
        }
      }
    }
  });

  test('gives the reference pooling before Normalize, and its cut vectors after it', async () => {
    await using folder = await temporaryFolder();
    await cp(goldenFolder('tiny-bert-st'), folder.path, { recursive: true });
    const modules = JSON.parse(await readFile(join(folder.path, 'modules.json'), 'utf8')) as unknown[];
    await writeFile(join(folder.path, 'modules.json'), JSON.stringify(modules.slice(0, 2)));
    const pooled = await embedWith(folder.path, goldenTexts);
    for (const [index, item] of golden.items.entries()) {
      const vector = pooled[index] ?? new Float32Array();
      expectClose(vector, item.pooled, golden.tolerance.pooled_atol);
      expectClose(finishVector(vector, { normalization: 'UNIT', dimensions: null }), item.embedding, tolerance);
      for (const [dimensions, expected] of Object.entries(item.truncated_embeddings)) {
        expectClose(finishVector(vector, { normalization: 'UNIT', dimensions: Number(dimensions) }), expected, tolerance);
        const cutAfterwards = finishVector(vector, { normalization: 'UNIT_BEFORE_CUT', dimensions: Number(dimensions) });
        expectClose(cutAfterwards, item.embedding.slice(0, Number(dimensions)), tolerance);
      }
    }
  });

  test('fills in where the time went', async () => {
    await using engine = await openEngine(goldenFolder('tiny-bert-st'), { threads: 1 });
    const timing = noTiming();
    await engine.embed(await prepareTexts(engine, ['hello']), timing);
    expect(Math.min(timing.inputNs, timing.inferenceNs, timing.outputNs)).toBeGreaterThan(0);
    expect(await engine.embed([], timing)).toEqual([]);
  });
});

describe('the golden comparison', () => {
  // Softmax does not see key biases, and the pooler is not used.
  const unseen = /self\.key\.bias|^pooler\./;

  test('fails for every weight that is changed', async () => {
    await using folder = await temporaryFolder();
    await cp(goldenFolder('tiny-bert-st'), folder.path, { recursive: true });
    const file = join(folder.path, 'model.safetensors');
    const original = await readFile(file);
    const tensors = [...(await readStoredTensors(folder.path)).values()];
    const sample = golden.items.filter((_, index) => [0, 5, 13].includes(index));
    const worst = async (): Promise<number> => {
      const vectors = await embedWith(
        folder.path,
        sample.map(({ text }) => text),
      );
      return Math.max(...sample.map(({ embedding }, index) => largestDifference(vectors[index] ?? [], embedding)));
    };
    expect(await worst()).toBeLessThanOrEqual(tolerance);
    let changed = 0;
    for (const tensor of tensors.filter(({ name }) => !unseen.test(name))) {
      await writeFile(file, mutated(original, tensor));
      expect(await worst(), tensor.name).toBeGreaterThan(10 * tolerance);
      changed += 1;
    }
    expect(changed).toBe(50);
  });
});

/** The file with one tensor changed: biases to zero, norms to one, matrices turned (rows to the back where they are not square). */
function mutated(original: Buffer, { name, shape, offset, length }: StoredTensor): Buffer {
  const bytes = Buffer.from(original);
  const values = new Float32Array(new Uint8Array(original.subarray(offset, offset + length)).buffer);
  const [rows = 1, columns = 1] = shape;
  const wanted = values.map((_, index) => {
    if (name.endsWith('.bias')) return 0;
    if (shape.length === 1) return 1;
    const [row, column] = [Math.floor(index / columns), index % columns];
    const source = rows === columns ? column * columns + row : ((row + 1) % rows) * columns + column;
    return values[source] ?? 0;
  });
  Buffer.from(wanted.buffer).copy(bytes, offset);
  return bytes;
}

describe('pooling', () => {
  const pooled: Record<string, (tokens: number[][]) => number[]> = {
    cls: (tokens) => tokens[0] ?? [],
    max: (tokens) => columns(tokens, (values) => Math.max(...values)),
    mean: (tokens) => columns(tokens, (values) => sum(values) / values.length),
    mean_sqrt_len_tokens: (tokens) => columns(tokens, (values) => sum(values) / Math.sqrt(values.length)),
    weightedmean: (tokens) =>
      columns(tokens, (values) => sum(values.map((value, index) => value * (index + 1))) / sum(values.map((_, index) => index + 1))),
    lasttoken: (tokens) => tokens.at(-1) ?? [],
  };
  const flags: Record<string, string> = {
    cls: 'pooling_mode_cls_token',
    max: 'pooling_mode_max_tokens',
    mean: 'pooling_mode_mean_tokens',
    mean_sqrt_len_tokens: 'pooling_mode_mean_sqrt_len_tokens',
    weightedmean: 'pooling_mode_weightedmean_tokens',
    lasttoken: 'pooling_mode_lasttoken',
  };
  const items = [0, 3, 13].map((index) => ({
    text: goldenTexts[index] ?? '',
    tokens: rowsOf(goldenTensor('tiny-bert-st', `last_hidden_state.${index}`)),
  }));

  async function embedPooled(config: Record<string, unknown>, options = {}): Promise<Float32Array[]> {
    await using folder = await temporaryFolder();
    await cp(goldenFolder('tiny-bert-st'), folder.path, { recursive: true });
    const modules = JSON.parse(await readFile(join(folder.path, 'modules.json'), 'utf8')) as unknown[];
    await writeFile(join(folder.path, 'modules.json'), JSON.stringify(modules.slice(0, 2)));
    await writeFile(join(folder.path, '1_Pooling/config.json'), JSON.stringify(config));
    return await embedWith(
      folder.path,
      items.map(({ text }) => text),
      options,
    );
  }

  test.each(Object.keys(pooled))('%s is what the reference tokens give, in a padded batch, by flag and by name', async (mode) => {
    const byFlag = await embedPooled({ word_embedding_dimension: 48, [flags[mode] ?? '']: true });
    const byName = await embedPooled({ embedding_dimension: 48, pooling_mode: mode });
    for (const [index, { tokens }] of items.entries()) {
      const expected = pooled[mode]?.(tokens) ?? [];
      expectClose(byFlag[index] ?? [], expected, golden.tolerance.hidden_atol);
      expectClose(byName[index] ?? [], expected, golden.tolerance.hidden_atol);
    }
  });

  test('joins several modes in the order of the reference, not of the file', async () => {
    const vectors = await embedPooled({ pooling_mode_mean_tokens: true, pooling_mode_max_tokens: true, pooling_mode_cls_token: true });
    for (const [index, { tokens }] of items.entries()) {
      const expected = ['cls', 'max', 'mean'].flatMap((mode) => pooled[mode]?.(tokens) ?? []);
      expectClose(vectors[index] ?? [], expected, golden.tolerance.hidden_atol);
    }
  });

  test('is the mean when a file names no mode', async () => {
    const vectors = await embedPooled({ word_embedding_dimension: 48 });
    for (const [index, { tokens }] of items.entries())
      expectClose(vectors[index] ?? [], pooled.mean?.(tokens) ?? [], golden.tolerance.hidden_atol);
  });

  test('leaves out a prompt where the module says so, and only then', async () => {
    await using folder = await temporaryFolder();
    const make = (name: string, includePrompt: boolean) =>
      makeCheckpoint(join(folder.path, name), { pooling: { include_prompt: includePrompt }, normalize: false });
    await make('with', true);
    await make('without', false);
    const read = async (name: string, prompt: string) =>
      (await embedWith(join(folder.path, name), ['cat sat on mat'], { prompt }))[0] ?? [];
    const [withPrompt, without] = [await read('with', 'query: '), await read('without', 'query: ')];
    expect(largestDifference(withPrompt, without)).toBeGreaterThan(1e-3);
    expectClose(await read('with', ''), await read('without', ''), 1e-6);
    // [CLS] query : cat sat on mat [SEP]: the mean over all is made of the left-out three and the other five.
    const engine = await openEngine(join(folder.path, 'without'), { threads: 1 });
    await using _ = engine;
    const [prepared] = await prepareTexts(engine, ['cat sat on mat'], { prompt: 'query: ' });
    expect(prepared).toMatchObject({ unpooledTokens: 3 });
    const alone = { ...(prepared as PreparedText), unpooledTokens: 0 };
    const [all = new Float32Array()] = await engine.embed([alone], noTiming());
    expectClose(all, withPrompt, 1e-6);
  });
});

describe('a stored checkpoint', () => {
  const texts = ['hello world', 'the quick brown fox jumps over the lazy dog', '', 'cat '.repeat(60), 'a-b, c; 12?'];
  const variant = async (options: CheckpointOptions): Promise<Float32Array[]> => {
    await using folder = await temporaryFolder();
    await makeCheckpoint(folder.path, options);
    return await embedWith(folder.path, texts);
  };

  test('gives exactly the same vectors from shards as from one file', async () => {
    expect(await variant({ shards: 3 })).toEqual(await variant({}));
  });

  test('gives the same vectors under the prefix of a model with a head, and with the old names of LayerNorm', async () => {
    const plain = await variant({});
    expect(await variant({ prefix: 'bert.', config: { architectures: ['BertForMaskedLM'] } })).toEqual(plain);
    expect(await variant({ oldNormNames: true })).toEqual(plain);
  });

  test.each([
    ['F16', 0.99999, 3e-3],
    ['BF16', 0.999, 3e-2],
  ] as const)('in %s is as near to F32 as its rounding allows', async (dtype, cosineMin, largest) => {
    const [exact, rounded] = [await variant({}), await variant({ dtype })];
    for (const [index, vector] of exact.entries()) {
      expect(cosine(vector, rounded[index] ?? [])).toBeGreaterThan(cosineMin);
      expectClose(vector, rounded[index] ?? [], largest);
    }
    expect(rounded).not.toEqual(exact);
    // Widening is exact: the shards of one storage type still agree to the last bit.
    expect(await variant({ dtype, shards: 2 })).toEqual(rounded);
  });

  test('without modules.json is pooled by the mean and not normalised', async () => {
    const bare = await variant({ modulesJson: false });
    expect(bare).toEqual(await variant({ normalize: false, maxSequenceLength: 40 }));
    expect(bare.some((vector) => Math.abs(Math.hypot(...vector) - 1) > 1e-3)).toBe(true);
  });

  test.each(['gelu', 'gelu_new', 'gelu_pytorch_tanh', 'relu', 'silu'])('runs with the activation %s', async (hidden_act) => {
    const vectors = await variant({ config: { hidden_act } });
    expect(vectors.every((vector) => Math.abs(Math.hypot(...vector) - 1) < 1e-5)).toBe(true);
  });

  test('with other sizes and heads runs', async () => {
    const vectors = await variant({ sizes: { hidden: 24, heads: 2, layers: 1, intermediate: 20, positions: 33 } });
    expect(vectors.map(({ length }) => length)).toEqual(texts.map(() => 24));
  });
});

function rowsOf({ data, shape }: { data: Float32Array; shape: number[] }): number[][] {
  const [rows = 0, width = 0] = shape;
  return Array.from({ length: rows }, (_, row) => [...data.slice(row * width, (row + 1) * width)]);
}

function columns(rows: number[][], reduce: (values: number[]) => number): number[] {
  return (rows[0] ?? []).map((_, column) => reduce(rows.map((row) => row[column] ?? Number.NaN)));
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
