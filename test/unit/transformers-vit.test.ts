import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSession } from '../../src/engines/onnx/session.ts';
import { createGraph } from '../../src/formats/onnx-graph.ts';
import { type Resampling, resampleGrid } from '../../src/formats/timm/blocks/resample-grid.ts';
import { readTransformersViT } from '../../src/formats/transformers-vit/read-transformers-vit.ts';
import { expectClose, goldenFolder } from '../support/golden.ts';
import { goldenImages, goldenPixels, openTestTower } from '../support/image-tower.ts';
import { editJson } from '../support/reranking.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function copyOf(name: string): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await temporaryFolder();
  await cp(goldenFolder(name), folder.path, { recursive: true });
  return folder;
}

test('labels are those of id2label', async () => {
  const { facts } = await readTransformersViT(goldenFolder('tiny-dinov2-hf'));
  expect(facts).toMatchObject({ library: 'TRANSFORMERS', architecture: 'Dinov2ForImageClassification', labels: ['cat', 'dog', 'eel'] });
});

test('an encoder whose names have no prefix gives the same as inside its classifier', async () => {
  const name = 'tiny-vit-hf';
  await using folder = await copyOf(name);
  const file = join(folder.path, 'model.safetensors');
  const bytes = await readFile(file);
  // The header keeps its length: JSON may be followed by spaces.
  const length = Number(bytes.readBigUInt64LE(0));
  const header = bytes
    .toString('utf8', 8, 8 + length)
    .replaceAll('"vit.', '"')
    .padEnd(length);
  await writeFile(file, Buffer.concat([bytes.subarray(0, 8), Buffer.from(header), bytes.subarray(8 + length)]));
  const { items, tolerance } = goldenImages(name);
  await using tower = await openTestTower(folder.path);
  for (const item of items) {
    expectClose((await tower.run([goldenPixels(name, item)], 'features'))[0] ?? [], item.features, tolerance.features_atol);
  }
});

describe('a config', () => {
  test.each<[what: string, changes: Record<string, unknown>, code: string, message: RegExp]>([
    ['of a family that is not built', { model_type: 'swin' }, 'UNSUPPORTED_MODEL', /not built/],
    ['whose heads do not divide the width', { num_attention_heads: 7 }, 'INVALID_MODEL_FILE', /num_attention_heads 7/],
    ['with more layers than the weights', { num_hidden_layers: 3 }, 'INVALID_MODEL_FILE', /layer\.2/],
    ['with layers without end', { num_hidden_layers: 1e9 }, 'INVALID_MODEL_FILE', /num_hidden_layers/],
    ['of another width than the weights', { hidden_size: 48 }, 'INVALID_MODEL_FILE', /\[48/],
    ['with other patches than the weights', { patch_size: 4 }, 'INVALID_MODEL_FILE', /projection/],
    ['with patches of a text', { patch_size: 'eight' }, 'INVALID_MODEL_FILE', /patch_size/],
    ['of images in gray', { num_channels: 1 }, 'INVALID_MODEL_FILE', /num_channels/],
    ['with an activation that is not built', { hidden_act: 'of_mine' }, 'UNSUPPORTED_MODEL', /of_mine/],
    ['with fewer labels than the weights', { id2label: { 0: 'cat' } }, 'INVALID_MODEL_FILE', /classifier/],
  ])('%s is refused', async (_, changes, code, message) => {
    await using folder = await copyOf('tiny-vit-hf');
    await editJson(folder.path, 'config.json', changes);
    await expect(readTransformersViT(folder.path)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('a table over a grid', () => {
  /** A column of numbers for another length, computed by the runtime. */
  async function resample(values: readonly number[], to: number, resampling: Resampling): Promise<ArrayLike<number>> {
    const graph = createGraph();
    const table = graph.reshape(graph.input('table', 'FLOAT', [values.length]), [values.length, 1]);
    const grids = { from: { rows: values.length, columns: 1 }, to: { rows: to, columns: 1 } };
    graph.output('out', resampleGrid(graph, table, { ...grids, width: 1, resampling }), 'FLOAT', [to, 1]);
    await using session = await openSession(graph.finish(), { folder: '.', file: 'graph', threads: 1 });
    return (await session.run({ table: { type: 'float32', data: Float32Array.from(values), shape: [values.length] } }, 'out'))
      .data as Float32Array;
  }

  // Numbers of torch.nn.functional.interpolate(mode='bicubic', align_corners=False) in float64.
  test.each<[resampling: Resampling, to: number, expected: number[]]>([
    ['BICUBIC', 3, [-0.2222222, 3.0, 2.7592593]],
    ['BICUBIC', 5, [1.0, -2.0, 3.0, 0.5, 4.0]],
    ['BICUBIC', 8, [1.2785034, -0.6931763, -1.8683167, 1.664093, 2.646759, 0.4937439, 2.2937927, 4.3249207]],
    ['ANTIALIASED_BICUBIC', 3, [-0.3230769, 1.1883721, 2.6230769]],
    ['ANTIALIASED_BICUBIC', 5, [1.0, -2.0, 3.0, 0.5, 4.0]],
    ['ANTIALIASED_BICUBIC', 8, [1.2158672, -0.4361228, -1.8934937, 1.7228394, 2.571228, 0.505188, 2.4923507, 4.251845]],
  ])('%s to %i places is torch’s', async (resampling, to, expected) => {
    expectClose(await resample([1, -2, 3, 0.5, 4], to, resampling), expected, 1e-5);
  });
});
