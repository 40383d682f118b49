import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SparseVector } from '../../src/engines/engine.ts';
import { inspectCheckpoint, openEngine } from '../../src/engines/open.ts';
import { readSafetensors } from '../../src/formats/safetensors.ts';
import { type TensorData, writeSafetensors } from '../../src/formats/safetensors-writer.ts';
import { writeJson } from '../support/checkpoint-maker.ts';
import { prepareTexts } from '../support/embedding.ts';
import { goldenFolder } from '../support/golden.ts';
import { expectSparse, goldenOutputs } from '../support/golden-outputs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const splades = [
  {
    name: 'tiny-bert-splade',
    table: 'bert.embeddings.word_embeddings.weight',
    decoder: 'cls.predictions.decoder.weight',
    bias: 'cls.predictions.bias',
  },
  {
    name: 'tiny-distilbert-splade',
    table: 'distilbert.embeddings.word_embeddings.weight',
    decoder: 'vocab_projector.weight',
    bias: 'vocab_projector.bias',
  },
];

/** A golden case in a folder of its own, with its config and its tensors changed. */
async function changedCase(
  folder: string,
  name: string,
  { config = {}, tensors = (all) => all }: { config?: object; tensors?: (all: TensorData[]) => TensorData[] },
): Promise<void> {
  await cp(goldenFolder(name), folder, { recursive: true });
  await writeJson(folder, 'config.json', { ...JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')), ...config });
  const bytes = await readFile(join(folder, 'model.safetensors'));
  const all = (await readSafetensors(folder, 'model.safetensors')).map((entry) => ({
    ...entry,
    data: new Uint8Array(bytes.subarray(entry.offset, entry.offset + entry.length)),
  }));
  await writeFile(join(folder, 'model.safetensors'), Buffer.concat([...writeSafetensors(tensors(all))]));
}

/** What a folder gives for the golden texts that have no prompt. */
async function sparseVectors(folder: string, texts: string[]): Promise<SparseVector[]> {
  await using engine = await openEngine(folder, { threads: 1 });
  const batch = await prepareTexts(engine, texts);
  const timing = { inputNs: 0, inferenceNs: 0, outputNs: 0 };
  const rows = await engine.embedOutputs?.(batch, { outputs: ['SPARSE'], withWords: false, timing });
  return (rows ?? []).map(({ sparse }) => sparse ?? { indices: new Int32Array(), values: new Float32Array(), words: null });
}

/** The rows of a table, each as its bytes. */
function rowsOf({ shape, data }: TensorData): Uint8Array[] {
  const width = data.length / (shape[0] ?? 1);
  return Array.from({ length: shape[0] ?? 0 }, (_, row) => data.subarray(row * width, (row + 1) * width));
}

function withRows(tensor: TensorData, rows: Uint8Array[]): TensorData {
  return { ...tensor, shape: [rows.length, ...tensor.shape.slice(1)], data: Buffer.concat(rows) };
}

describe.each(splades)('$name', ({ name, table, decoder, bias }) => {
  const { items, sparse_dim: size, tolerance } = goldenOutputs(name);
  const plain = items.filter(({ prompt_name: prompt }) => prompt === undefined);
  const texts = plain.map(({ text }) => text);

  test('keeps its numbers where the vocabulary is wider than what is computed at once', async () => {
    await using folder = await temporaryFolder();
    const copies = 15;
    await changedCase(folder.path, name, {
      config: { vocab_size: size * copies },
      tensors: (all) =>
        all.map((tensor) =>
          tensor.name === table || tensor.name === bias
            ? withRows(tensor, Array.from({ length: copies }, () => rowsOf(tensor)).flat())
            : tensor,
        ),
    });
    await writeJson(folder.path, '1_SpladePooling/config.json', {
      ...JSON.parse(await readFile(join(folder.path, '1_SpladePooling/config.json'), 'utf8')),
      word_embedding_dimension: null,
    });
    for (const [index, vector] of (await sparseVectors(folder.path, texts)).entries()) {
      const { indices, values } = plain[index]?.sparse ?? { indices: [], values: [] };
      const tiled = Array.from({ length: copies }, (_, copy) => indices.map((id) => id + copy * size)).flat();
      expectSparse(vector, { indices: tiled, values: Array.from({ length: copies }, () => values).flat() }, tolerance.sparse_atol);
    }
  });

  test("takes the last layer's own matrix where the config unties it", async () => {
    await using folder = await temporaryFolder();
    await changedCase(folder.path, name, {
      config: { tie_word_embeddings: false },
      tensors: (all) => [
        ...all.map((tensor) => (tensor.name === bias ? withRows(tensor, rowsOf(tensor).reverse()) : tensor)),
        ...all.flatMap((tensor) => (tensor.name === table ? { ...withRows(tensor, rowsOf(tensor).reverse()), name: decoder } : [])),
      ],
    });
    for (const [index, vector] of (await sparseVectors(folder.path, texts)).entries()) {
      const { indices, values } = plain[index]?.sparse ?? { indices: [], values: [] };
      expectSparse(vector, { indices: indices.map((id) => size - 1 - id).reverse(), values: [...values].reverse() }, tolerance.sparse_atol);
    }
  });

  test('is refused by name without a tensor of its head', async () => {
    await using folder = await temporaryFolder();
    await changedCase(folder.path, name, { tensors: (all) => all.filter((tensor) => tensor.name !== bias) });
    await expect(inspectCheckpoint(folder.path)).rejects.toMatchObject({
      code: 'INVALID_MODEL_FILE',
      message: expect.stringContaining(bias),
    });
  });
});

test.each([
  { what: 'another strategy', file: '1_SpladePooling/config.json', value: { pooling_strategy: 'mean' }, message: /strategy "mean"/ },
  { what: 'another activation', file: '1_SpladePooling/config.json', value: { activation_function: 'gelu' }, message: /function "gelu"/ },
  {
    what: 'a Transformer without masked words',
    file: 'sentence_bert_config.json',
    value: { max_seq_length: 32 },
    message: /"feature-extraction"/,
  },
  {
    what: 'a module behind the pooling',
    file: 'modules.json',
    value: [
      { type: 'sentence_transformers.base.modules.transformer.Transformer', path: '' },
      { type: 'sentence_transformers.sparse_encoder.modules.splade_pooling.SpladePooling', path: '1_SpladePooling' },
      { type: 'sentence_transformers.models.Normalize', path: '2_Normalize' },
    ],
    message: /Normalize module after SpladePooling/,
  },
  {
    what: 'masked words without their pooling',
    file: 'modules.json',
    value: [
      { type: 'sentence_transformers.base.modules.transformer.Transformer', path: '' },
      { type: 'sentence_transformers.models.Pooling', path: '1_SpladePooling' },
    ],
    message: /"fill-mask"/,
  },
])('SPLADE with $what is refused by name', async ({ file, value, message }) => {
  await using folder = await temporaryFolder();
  await changedCase(folder.path, 'tiny-bert-splade', {});
  await writeJson(folder.path, file, value);
  await expect(inspectCheckpoint(folder.path)).rejects.toMatchObject({
    code: 'UNSUPPORTED_MODEL',
    message: expect.stringMatching(message),
  });
});

test('SPLADE on a family whose masked language model is not built is refused by name', async () => {
  await using folder = await temporaryFolder();
  await changedCase(folder.path, 'tiny-bert-splade', {});
  await cp(join(goldenFolder('tiny-gte-st'), 'config.json'), join(folder.path, 'config.json'));
  await writeJson(folder.path, '1_SpladePooling/config.json', {});
  await expect(inspectCheckpoint(folder.path)).rejects.toMatchObject({
    code: 'UNSUPPORTED_MODEL',
    message: expect.stringContaining('masked language model of'),
  });
});
