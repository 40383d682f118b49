import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EmbeddedText } from '../../src/engines/engine.ts';
import { inspectCheckpoint, openEngine } from '../../src/engines/open.ts';
import { createGraph } from '../../src/formats/onnx-graph.ts';
import { readSafetensors } from '../../src/formats/safetensors.ts';
import { type TensorData, writeSafetensors } from '../../src/formats/safetensors-writer.ts';
import { writeJson } from '../support/checkpoint-maker.ts';
import { prepareTexts } from '../support/embedding.ts';
import { goldenFolder } from '../support/golden.ts';
import { expectSparse, goldenOutputs } from '../support/golden-outputs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const heads = ['sparse_linear.safetensors', 'colbert_linear.safetensors'];
const golden = goldenOutputs('tiny-m3');
const texts = golden.items.map(({ text }) => text);

/** The golden case in a folder of its own. */
async function copiedCase(folder: string): Promise<void> {
  await cp(goldenFolder('tiny-m3'), folder, { recursive: true });
}

/** Writes one file of tensors anew. */
async function changeTensors(folder: string, file: string, change: (tensor: TensorData) => TensorData | null): Promise<void> {
  const bytes = await readFile(join(folder, file));
  const changed = (await readSafetensors(folder, file)).flatMap(
    (entry) => change({ ...entry, data: new Uint8Array(bytes.subarray(entry.offset, entry.offset + entry.length)) }) ?? [],
  );
  await writeFile(join(folder, file), Buffer.concat([...writeSafetensors(changed)]));
}

async function embedAll(folder: string): Promise<EmbeddedText[]> {
  await using engine = await openEngine(folder, { threads: 1 });
  const options = { outputs: engine.facts.outputs ?? [], withWords: false, timing: { inputNs: 0, inferenceNs: 0, outputNs: 0 } };
  return (await engine.embedOutputs?.(await prepareTexts(engine, texts), options)) ?? [];
}

function expectGoldenSparse(rows: readonly EmbeddedText[]): void {
  for (const [index, { sparse }] of rows.entries()) {
    expectSparse(sparse ?? { indices: [], values: [] }, golden.items[index]?.sparse ?? { indices: [], values: [] }, 2e-5);
  }
  expect(rows).toHaveLength(texts.length);
}

describe('the heads of bge-m3', () => {
  test('are there one by one, as their files are', async () => {
    await using folder = await temporaryFolder();
    await copiedCase(folder.path);
    await rm(join(folder.path, 'colbert_linear.safetensors'));
    expect(await inspectCheckpoint(folder.path)).toMatchObject({ outputs: ['DENSE', 'SPARSE', 'TOKENS'], tokenDimensions: 32 });
    await rm(join(folder.path, 'sparse_linear.safetensors'));
    expect(await inspectCheckpoint(folder.path)).toMatchObject({ outputs: ['DENSE', 'TOKENS'], sparseDimensions: null });
  });

  test('are never read from a pickle, and the description says so', async () => {
    await using folder = await temporaryFolder();
    await copiedCase(folder.path);
    await rm(join(folder.path, 'sparse_linear.safetensors'));
    for (const name of ['sparse_linear.pt', 'colbert_linear.pt']) await writeFile(join(folder.path, name), 'a program');
    const { outputs, description } = await inspectCheckpoint(folder.path);
    expect(outputs).toEqual(['DENSE', 'TOKENS']);
    expect(description).toContain('sparse_linear.pt is a pickle, which is never read: put sparse_linear.safetensors beside it');
    expect(description).not.toContain('colbert_linear.pt');
  });

  test('may keep a name in front of their tensors', async () => {
    await using folder = await temporaryFolder();
    await copiedCase(folder.path);
    await changeTensors(folder.path, 'sparse_linear.safetensors', (tensor) => ({ ...tensor, name: `sparse_linear.${tensor.name}` }));
    expectGoldenSparse(await embedAll(folder.path));
  });

  test.each(heads)('%s is refused by its name where it is no linear layer over the tokens', async (file) => {
    await using folder = await temporaryFolder();
    await copiedCase(folder.path);
    const refusal = async (change: (tensor: TensorData) => TensorData | null): Promise<void> => {
      await cp(join(goldenFolder('tiny-m3'), file), join(folder.path, file));
      await changeTensors(folder.path, file, change);
      await expect(inspectCheckpoint(folder.path)).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE', file });
    };
    await refusal((tensor) => (tensor.name === 'bias' ? null : tensor));
    await refusal((tensor) => (tensor.name === 'weight' ? null : tensor));
    await refusal((tensor) => (tensor.name === 'weight' ? { ...tensor, shape: [...tensor.shape].reverse() } : tensor));
    await writeFile(join(folder.path, file), 'nonsense');
    await expect(inspectCheckpoint(folder.path)).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE', file });
  });

  test('leave out the special tokens that the files name, and by their usual names where they name none', async () => {
    await using folder = await temporaryFolder();
    await copiedCase(folder.path);
    const config = JSON.parse(await readFile(join(folder.path, 'tokenizer_config.json'), 'utf8'));
    const names = ['cls_token', 'eos_token', 'pad_token', 'unk_token'];
    const without = Object.fromEntries(Object.entries(config).filter(([key]) => !names.includes(key)));
    await writeJson(folder.path, 'tokenizer_config.json', without);
    expectGoldenSparse(await embedAll(folder.path));
    const word = golden.items[0]?.sparse.tokens[0] ?? '';
    await writeJson(folder.path, 'special_tokens_map.json', { cls_token: { content: word, lstrip: false } });
    const [first] = await embedAll(folder.path);
    expect([...(first?.sparse?.indices ?? [])]).not.toContain(golden.items[0]?.sparse.indices[0]);
  });

  test("work on the token embeddings of a repository's own ONNX file", async () => {
    await using folder = await temporaryFolder();
    await copiedCase(folder.path);
    await rm(join(folder.path, 'model.safetensors'));
    await mkdir(join(folder.path, 'onnx'));
    const graph = createGraph();
    const ids = graph.unsqueeze(graph.cast(graph.input('input_ids', 'INT64', ['batch', 'sequence']), 'FLOAT'), [2]);
    const scales = graph.float(scalesOf());
    graph.output('last_hidden_state', graph.multiply(ids, scales), 'FLOAT', ['batch', 'sequence', 32]);
    await writeFile(join(folder.path, 'onnx/model.onnx'), graph.finish());
    expect(await inspectCheckpoint(folder.path)).toMatchObject({ outputs: ['DENSE', 'SPARSE', 'TOKENS'], sparseDimensions: 400 });
    const [sparse] = await embedAll(folder.path);
    const [layer, bias] = await headOf(folder.path);
    const weight = (id: number): number => scalesOf().reduce((sum, scale, index) => sum + id * scale * (layer[index] ?? 0), bias);
    const expected = [...new Set(golden.items[0]?.input_ids)].filter((id) => id > 3 && weight(id) > 0).sort((left, right) => left - right);
    expectSparse(sparse?.sparse ?? { indices: [], values: [] }, { indices: expected, values: expected.map(weight) }, 2e-5);
    expect(sparse?.tokens?.ids).toHaveLength((golden.items[0]?.input_ids.length ?? 0) - 1);
  });
});

function scalesOf(): number[] {
  return Array.from({ length: 32 }, (_, index) => Math.sin(index + 1) / 400);
}

/** Weights and bias of the sparse head. */
async function headOf(folder: string): Promise<[Float32Array, number]> {
  const file = 'sparse_linear.safetensors';
  const bytes = await readFile(join(folder, file));
  const entries = await readSafetensors(folder, file);
  const valuesOf = (wanted: string): Float32Array => {
    const { offset = 0, length = 0 } = entries.find(({ name }) => name === wanted) ?? {};
    return new Float32Array(new Uint8Array(bytes.subarray(offset, offset + length)).buffer);
  };
  return [valuesOf('weight'), valuesOf('bias')[0] ?? 0];
}
