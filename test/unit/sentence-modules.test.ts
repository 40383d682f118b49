import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectCheckpoint } from '../../src/engines/open.ts';
import { InvalidModelFileError, UnsupportedModelError } from '../../src/errors.ts';
import { seededRandom, stored, writeJson, writeWeights } from '../support/checkpoint-maker.ts';
import { embedWith } from '../support/embedding.ts';
import { expectClose, goldenExpected, goldenFolder } from '../support/golden.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const golden = goldenExpected('tiny-bert-st');
const items = golden.items.slice(0, 6);
const texts = items.map(({ text }) => text);
const width = golden.embedding_dim;

interface Module {
  /** Class path behind `sentence_transformers.`. */
  type: string;
  config?: Record<string, unknown>;
  weights?: Record<string, { shape: number[]; values: Float32Array }>;
}

/** Puts modules behind the golden BERT's pooling. */
async function putModules(folder: string, modules: Module[]): Promise<void> {
  await cp(goldenFolder('tiny-bert-st'), folder, { recursive: true });
  const entries = ['models.Transformer', 'models.Pooling', ...modules.map(({ type }) => type)].map((type, idx) => ({
    idx,
    name: `${idx}`,
    path: idx === 0 ? '' : idx === 1 ? '1_Pooling' : `${idx}_Module`,
    type: `sentence_transformers.${type}`,
  }));
  await writeJson(folder, 'modules.json', entries);
  for (const [index, { config, weights }] of modules.entries()) {
    const path = join(folder, `${index + 2}_Module`);
    if (config) await writeJson(path, 'config.json', config);
    if (!weights) continue;
    await writeWeights(
      path,
      Object.entries(weights).map(([name, tensor]) => stored({ name, ...tensor }, 'F32')),
    );
  }
}

async function embedThrough(modules: Module[]): Promise<Float32Array[]> {
  await using folder = await temporaryFolder();
  await putModules(folder.path, modules);
  return await embedWith(folder.path, texts);
}

const random = seededRandom(11);
const made = (shape: number[], center = 0) => ({
  shape,
  values: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => center + random() * 2 - 1),
});

/** W · x + b, as torch.nn.Linear. */
function linear(
  x: number[],
  { values, shape: [rows = 0, columns = 0] }: { values: Float32Array; shape: number[] },
  bias?: Float32Array,
): number[] {
  return Array.from({ length: rows }, (_, row) =>
    x.reduce((sum, value, column) => sum + value * (values[row * columns + column] ?? 0), bias?.[row] ?? 0),
  );
}

function normalized(x: number[]): number[] {
  const norm = Math.hypot(...x);
  return x.map((value) => value / norm);
}

describe('Dense', () => {
  const inputs = [-4, -1.5, -0.5, 0, 0.3, 1, 2.5, 7];
  // What torch 2.15 gives in float64 for `inputs`.
  const expected: Record<string, number[]> = {
    'torch.nn.modules.linear.Identity': inputs,
    'torch.nn.modules.activation.Tanh': [-0.9993293, -0.90514825, -0.46211716, 0, 0.29131261, 0.76159416, 0.9866143, 0.99999834],
    'torch.nn.modules.activation.ReLU': [0, 0, 0, 0, 0.3, 1, 2.5, 7],
    'torch.nn.modules.activation.GELU': [-0.00012668497, -0.1002108, -0.15426877, 0, 0.18537343, 0.84134475, 2.4844758, 7],
    'torch.nn.modules.activation.Sigmoid': [0.01798621, 0.18242552, 0.37754067, 0.5, 0.57444252, 0.73105858, 0.92414182, 0.99908895],
    'torch.nn.modules.activation.SiLU': [-0.07194484, -0.27363829, -0.18877033, 0, 0.17233276, 0.73105858, 2.3103545, 6.9936226],
    'torch.nn.modules.activation.LeakyReLU': [-0.04, -0.015, -0.005, 0, 0.3, 1, 2.5, 7],
    'torch.nn.modules.activation.ELU': [-0.98168436, -0.77686984, -0.39346934, 0, 0.3, 1, 2.5, 7],
    'torch.nn.modules.activation.CELU': [-0.98168436, -0.77686984, -0.39346934, 0, 0.3, 1, 2.5, 7],
    'torch.nn.modules.activation.SELU': [-1.7258986, -1.3658144, -0.69175819, 0, 0.3152103, 1.050701, 2.6267525, 7.3549069],
    'torch.nn.modules.activation.ReLU6': [0, 0, 0, 0, 0.3, 1, 2.5, 6],
    'torch.nn.modules.activation.Hardtanh': [-1, -1, -0.5, 0, 0.3, 1, 1, 1],
    'torch.nn.modules.activation.Hardsigmoid': [0, 0.25, 0.41666667, 0.5, 0.55, 0.66666667, 0.91666667, 1],
    'torch.nn.modules.activation.Hardswish': [0, -0.375, -0.20833333, 0, 0.165, 0.66666667, 2.2916667, 7],
    'torch.nn.modules.activation.Softplus': [0.018149928, 0.20141328, 0.47407698, Math.LN2, 0.85435524, 1.3132617, 2.5788897, 7.0009115],
    'torch.nn.modules.activation.Softsign': [-0.8, -0.6, -0.33333333, 0, 0.23076923, 0.5, 0.71428571, 0.875],
    'torch.nn.modules.activation.Mish': [-0.072591741, -0.29809974, -0.22074377, 0, 0.20800137, 0.86509839, 2.4713923, 6.9999884],
  };

  test.each(Object.keys(expected))('has the activation %s', async (name) => {
    const dense = {
      type: 'models.Dense',
      config: { in_features: width, out_features: inputs.length, bias: true, activation_function: name },
      weights: {
        'linear.weight': { shape: [inputs.length, width], values: new Float32Array(inputs.length * width) },
        'linear.bias': { shape: [inputs.length], values: Float32Array.from(inputs) },
      },
    };
    for (const vector of await embedThrough([dense])) expectClose(vector, expected[name] ?? [], 2e-6, name);
  });

  test('has Tanh where its config names no activation', async () => {
    const weight = made([5, width]);
    const dense = {
      type: 'models.Dense',
      config: { in_features: width, out_features: 5, bias: false },
      weights: { 'linear.weight': weight },
    };
    for (const [index, vector] of (await embedThrough([dense])).entries()) {
      expectClose(vector, linear(items[index]?.pooled ?? [], weight).map(Math.tanh), 1e-4);
    }
  });

  test('adds its residual, projected where the widths differ', async () => {
    const [weight, bias, residual, square] = [made([5, width]), made([5]), made([5, width]), made([5, 5])];
    const config = { activation_function: 'torch.nn.modules.activation.ReLU', use_residual: true };
    const wide = {
      type: 'base.modules.dense.Dense',
      config: { ...config, in_features: width, out_features: 5 },
      weights: { 'linear.weight': weight, 'linear.bias': bias, 'residual.weight': residual },
    };
    const same = {
      type: 'base.modules.dense.Dense',
      config: { ...config, in_features: 5, out_features: 5, bias: false },
      weights: { 'linear.weight': square },
    };
    for (const [index, vector] of (await embedThrough([wide, same])).entries()) {
      const { pooled = [] } = items[index] ?? {};
      const projected = linear(pooled, residual);
      const middle = linear(pooled, weight, bias.values).map((value, at) => Math.max(0, value) + (projected[at] ?? 0));
      expectClose(
        vector,
        linear(middle, square).map((value, at) => Math.max(0, value) + (middle[at] ?? 0)),
        2e-4,
      );
    }
  });

  test('is refused with an activation that is the repository’s own program, with a pickle, or where widths do not meet', async () => {
    const refusal = async (config: Record<string, unknown>, withWeights = true): Promise<unknown> => {
      await using folder = await temporaryFolder();
      const all = { in_features: width, out_features: 5, bias: false, ...config };
      await putModules(folder.path, [
        { type: 'models.Dense', config: all, ...(withWeights ? { weights: { 'linear.weight': made([5, width]) } } : {}) },
      ]);
      return await inspectCheckpoint(folder.path).catch((error: unknown) => error);
    };
    expect(await refusal({})).toMatchObject({ dimensions: 5 });
    expect(await refusal({ activation_function: 'my_package.Tanh' })).toBeInstanceOf(UnsupportedModelError);
    expect(await refusal({ activation_function: 'torch.nn.modules.activation.Softmax2d' })).toBeInstanceOf(UnsupportedModelError);
    expect(await refusal({ module_input_name: 'token_embeddings' })).toBeInstanceOf(UnsupportedModelError);
    expect(await refusal({}, false)).toBeInstanceOf(UnsupportedModelError);
    expect(await refusal({ in_features: width + 1 })).toBeInstanceOf(InvalidModelFileError);
    expect(await refusal({ out_features: 6 })).toBeInstanceOf(InvalidModelFileError);
  });
});

test('modules work in the order of the list: Normalize, LayerNorm, Dropout, Dense, Normalize', async () => {
  const [scale, offset, weight] = [made([width], 1), made([width]), made([7, width])];
  const vectors = await embedThrough([
    { type: 'models.Normalize' },
    { type: 'models.LayerNorm', config: { dimension: width }, weights: { 'norm.weight': scale, 'norm.bias': offset } },
    { type: 'models.Dropout', config: { dropout: 0.5 } },
    {
      type: 'models.Dense',
      config: { in_features: width, out_features: 7, bias: false, activation_function: 'torch.nn.modules.linear.Identity' },
      weights: { 'linear.weight': weight },
    },
    { type: 'base.modules.normalize.Normalize' },
  ]);
  for (const [index, vector] of vectors.entries()) {
    const unit = normalized(items[index]?.pooled ?? []);
    const mean = unit.reduce((sum, value) => sum + value, 0) / width;
    const variance = unit.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
    const normed = unit.map(
      (value, at) => ((value - mean) / Math.sqrt(variance + 1e-5)) * (scale.values[at] ?? 0) + (offset.values[at] ?? 0),
    );
    expectClose(vector, normalized(linear(normed, weight)), 2e-5);
  }
});

test('the description names each module that does something', async () => {
  await using folder = await temporaryFolder();
  const norm = { 'norm.weight': made([width], 1), 'norm.bias': made([width]) };
  await putModules(folder.path, [
    { type: 'models.Dropout', config: { dropout: 0.1 } },
    { type: 'models.LayerNorm', config: { dimension: width }, weights: norm },
    { type: 'models.Normalize' },
  ]);
  const { description, parameterCount } = await inspectCheckpoint(folder.path);
  expect(description).toMatch(/mean pooling, layer norm, normalised\.$/);
  expect(parameterCount).toBe(134_496 + 2 * width);
});

test.each([
  'models.CNN',
  'models.LSTM',
  'models.WordWeights',
  'models.WeightedLayerPooling',
  'models.Asym',
  'sparse_encoder.models.SparseAutoEncoder',
])('a module %s is refused by its name', async (type) => {
  await using folder = await temporaryFolder();
  await putModules(folder.path, [{ type }]);
  const refusal = await inspectCheckpoint(folder.path).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(UnsupportedModelError);
  expect((refusal as Error).message).toContain(`sentence_transformers.${type}`);
});

test('a second Pooling, a second Transformer and a Dense before the Pooling are refused', async () => {
  for (const type of ['models.Pooling', 'models.Transformer']) {
    await using folder = await temporaryFolder();
    await putModules(folder.path, [{ type, config: { word_embedding_dimension: width } }]);
    await expect(inspectCheckpoint(folder.path)).rejects.toBeInstanceOf(UnsupportedModelError);
  }
  await using folder = await temporaryFolder();
  await putModules(folder.path, []);
  await rm(join(folder.path, 'modules.json'));
  const entry = (kind: string, idx: number) => ({
    idx,
    name: `${idx}`,
    path: idx ? `1_${kind}` : '',
    type: `sentence_transformers.models.${kind}`,
  });
  await writeJson(folder.path, 'modules.json', ['Transformer', 'Dense', 'Pooling'].map(entry));
  await expect(inspectCheckpoint(folder.path)).rejects.toBeInstanceOf(UnsupportedModelError);
});
