import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PreparedText } from '../../src/engines/engine.ts';
import { inspectCheckpoint, openEngine } from '../../src/engines/open.ts';
import { readStoredTensors } from '../../src/formats/safetensors.ts';
import type { StoredTensor } from '../../src/formats/safetensors-types.ts';
import { finishVector } from '../../src/runner/finish-vector.ts';
import { changedWeights } from '../support/changed-weights.ts';
import { seededRandom } from '../support/checkpoint-maker.ts';
import { embedTogether, embedWith, prepareTexts } from '../support/embedding.ts';
import { cosine, expectClose, type GoldenText, goldenExpected, goldenFolder, goldenTensor, largestDifference } from '../support/golden.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Every sentence-embedding case, with the weights that its embeddings cannot show: softmax does not see key biases. */
const cases = [
  { name: 'tiny-bert-st', class: 'BertModel', unseen: /self\.key\.bias|^pooler\./ },
  { name: 'tiny-roberta-st', class: 'RobertaModel', unseen: /self\.key\.bias|^pooler\./ },
  { name: 'tiny-xlm-roberta-st', class: 'XLMRobertaModel', unseen: /self\.key\.bias|^pooler\./ },
  { name: 'tiny-distilbert-st', class: 'DistilBertModel', unseen: /k_lin\.bias/ },
  { name: 'tiny-mpnet-st', class: 'MPNetModel', unseen: /attn\.k\.bias|^pooler\./ },
  { name: 'tiny-modernbert-st', class: 'ModernBertModel', unseen: /^$/ },
  { name: 'tiny-nomic-st', class: 'NomicBertModel', unseen: /^$/ },
  // The key biases are a part of qkv_proj's, whose change shows.
  { name: 'tiny-gte-st', class: 'NewModel', unseen: /^$/ },
  { name: 'tiny-qwen3-st', class: 'Qwen3ForCausalLM', unseen: /^$/ },
  { name: 'tiny-gemma3-st', class: 'Gemma3TextModel', unseen: /^$/ },
];

const noTiming = () => ({ inputNs: 0, inferenceNs: 0, outputNs: 0 });

describe.each(cases)('$name', ({ name, class: className, unseen }) => {
  const golden = goldenExpected(name);
  const folder = goldenFolder(name);
  const { embedding_atol: tolerance, pooled_atol: pooledTolerance, cosine_min: cosineMin, hidden_atol: hiddenTolerance } = golden.tolerance;
  const byPrompt = Map.groupBy(golden.items, ({ prompt_name: promptName }) => promptName ?? '');

  async function promptOf(item: GoldenText): Promise<string> {
    const { prompts } = await inspectCheckpoint(folder);
    return item.prompt_name === undefined ? '' : (prompts[item.prompt_name] ?? 'none');
  }

  /** The golden texts of one folder, all in batches of their prompt. */
  async function embedAll(path: string): Promise<Map<GoldenText, Float32Array>> {
    await using engine = await openEngine(path, { threads: 1 });
    const vectors = new Map<GoldenText, Float32Array>();
    for (const items of byPrompt.values()) {
      const prompt = await promptOf(items[0] as GoldenText);
      const made = await embedTogether(
        engine,
        items.map(({ text }) => text),
        { prompt },
      );
      for (const [index, item] of items.entries()) vectors.set(item, made[index] ?? new Float32Array());
    }
    return vectors;
  }

  test('is known by its files', async () => {
    const facts = await inspectCheckpoint(folder);
    expect(facts).toMatchObject({ architecture: className, dimensions: golden.embedding_dim, maxTokens: golden.max_seq_length });
  });

  test('has the reference ids, tokens and counts', async () => {
    await using engine = await openEngine(folder, { threads: 1 });
    for (const item of golden.items) {
      const prompt = await promptOf(item);
      const [entry] = await engine.prepare({ kind: 'tokenizeTexts', items: [item.text], firstIndex: 0, prompt, truncate: 'END' });
      const prepared = entry as PreparedText;
      expect({ ...prepared, ids: [...prepared.ids] }, item.text).toMatchObject({
        ids: item.input_ids,
        tokens: item.tokens,
        tokensBeforeTruncation: item.tokens_before_truncation,
        truncated: item.truncated,
      });
    }
  });

  test('gives each text the reference embedding alone, and the same in any batch', async () => {
    await using engine = await openEngine(folder, { threads: 2 });
    const random = seededRandom(7);
    const texts = await Promise.all(
      golden.items.map(async (item) => {
        const [prepared] = await prepareTexts(engine, [item.text], { prompt: await promptOf(item) });
        if (!prepared) throw new Error('A text was lost.');
        const [alone = new Float32Array()] = await engine.embed([prepared], noTiming());
        expectClose(alone, item.embedding, tolerance, item.text);
        expect(cosine(alone, item.embedding), item.text).toBeGreaterThanOrEqual(cosineMin);
        return { prepared, alone, embedding: item.embedding, rank: random() };
      }),
    );
    texts.sort((left, right) => left.rank - right.rank);
    for (const size of [texts.length, 7, 3]) {
      for (let start = 0; start < texts.length; start += size) {
        const batch = texts.slice(start, start + size);
        const vectors = await engine.embed(
          batch.map(({ prepared }) => prepared),
          noTiming(),
        );
        for (const [row, { alone, embedding }] of batch.entries()) {
          expectClose(vectors[row] ?? [], alone, 1e-5);
          expectClose(vectors[row] ?? [], embedding, tolerance);
        }
      }
    }
  });

  test('gives the reference vectors after pooling, after Dense, and cut', async () => {
    await using copy = await temporaryFolder();
    await cp(folder, copy.path, { recursive: true });
    const modules = JSON.parse(await readFile(join(folder, 'modules.json'), 'utf8')) as unknown[];
    const upTo = async (count: number): Promise<Map<GoldenText, Float32Array>> => {
      await writeFile(join(copy.path, 'modules.json'), JSON.stringify(modules.slice(0, count)));
      return await embedAll(copy.path);
    };
    for (const [item, vector] of await upTo(2)) expectClose(vector, item.pooled, pooledTolerance, item.text);
    for (const [item, vector] of await upTo(modules.length - 1)) {
      expectClose(vector, item.dense ?? item.pooled, pooledTolerance, item.text);
      expectClose(finishVector(vector, { normalization: 'UNIT', dimensions: null }), item.embedding, tolerance, item.text);
      for (const [dimensions, expected] of Object.entries(item.truncated_embeddings)) {
        expectClose(finishVector(vector, { normalization: 'UNIT', dimensions: Number(dimensions) }), expected, tolerance, item.text);
      }
    }
  });

  test('gives the reference token embeddings, seen through pooling at one token', async () => {
    await using copy = await temporaryFolder();
    await cp(folder, copy.path, { recursive: true });
    const modules = JSON.parse(await readFile(join(folder, 'modules.json'), 'utf8')) as unknown[];
    await writeFile(join(copy.path, 'modules.json'), JSON.stringify(modules.slice(0, 2)));
    await writeFile(join(copy.path, '1_Pooling/config.json'), JSON.stringify({ pooling_mode: ['cls', 'lasttoken'] }));
    const { data, shape } = goldenTensor(name, 'last_hidden_state.0');
    const [tokens = 0, hidden = 0] = shape;
    const [vector = new Float32Array()] = await embedWith(copy.path, [golden.items[0]?.text ?? '', 'a longer text beside it '.repeat(4)]);
    expectClose(vector.subarray(0, hidden), data.subarray(0, hidden), hiddenTolerance);
    expectClose(vector.subarray(hidden), data.subarray((tokens - 1) * hidden), hiddenTolerance);
  });

  test('shows a change of every kind of weight', { timeout: 120_000 }, async () => {
    await using copy = await temporaryFolder();
    await cp(folder, copy.path, { recursive: true });
    const sample = golden.items.filter((_, index) => [0, 5, 13].includes(index));
    const worst = async (): Promise<number> => {
      const vectors = await embedWith(
        copy.path,
        sample.map(({ text }) => text),
      );
      return Math.max(...sample.map(({ embedding }, index) => largestDifference(vectors[index] ?? [], embedding)));
    };
    expect(await worst()).toBeLessThanOrEqual(tolerance);
    let changes = 0;
    for (const path of name === 'tiny-mpnet-st' ? ['', '2_Dense'] : ['']) {
      const file = join(copy.path, path, 'model.safetensors');
      const original = await readFile(file);
      for (const tensor of oneOfEachKind([...(await readStoredTensors(copy.path, path)).values()])) {
        if (unseen.test(tensor.name)) continue;
        await writeFile(file, changedWeights(original, tensor));
        expect(await worst(), tensor.name).toBeGreaterThan(10 * tolerance);
        changes += 1;
      }
      await writeFile(file, original);
    }
    expect(changes).toBeGreaterThanOrEqual(8);
  });
});

/** Of the tensors whose names differ only in the layer's number, the last. */
function oneOfEachKind(tensors: readonly StoredTensor[]): StoredTensor[] {
  return [...new Map(tensors.map((tensor) => [tensor.name.replace(/\.\d+\./, '.N.'), tensor])).values()];
}
