import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectCheckpoint, openEngine } from '../../src/engines/open.ts';
import { createGraph, type GraphBuilder } from '../../src/formats/onnx-graph.ts';
import type { Value } from '../../src/formats/onnx-types.ts';
import { writeJson } from '../support/checkpoint-maker.ts';
import { expectClose } from '../support/golden.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const edge = 4;
const timmConfig = {
  architecture: 'swin_tiny_patch4_window7_224.ms_in1k',
  num_classes: 2,
  label_names: ['cat', 'dog'],
  pretrained_cfg: { input_size: [3, edge, edge], mean: [0, 0, 0], std: [1, 1, 1], num_classes: 2 },
};
const transformersConfig = {
  architectures: ['SwinForImageClassification'],
  model_type: 'swin',
  image_size: edge,
  id2label: { 0: 'eel', 1: 'fox' },
};
const processor = { image_processor_type: 'ViTImageProcessor', size: { height: edge, width: edge } };
const noTiming = () => ({ inputNs: 0, inferenceNs: 0, outputNs: 0 });

/** Writes an ONNX file whose outputs are made of an image's mean red, green and blue, F32 [batch, 3]. */
async function writeOnnx(folder: string, write: (graph: GraphBuilder, means: Value) => void, { inputs = 1 } = {}): Promise<void> {
  const graph = createGraph();
  const pixels = graph.input('pixel_values', 'FLOAT', ['batch', 3, edge, edge]);
  for (let index = 1; index < inputs; index += 1) graph.input(`more_${index}`, 'FLOAT', ['batch', 1]);
  write(graph, graph.reshape(graph.node('GlobalAveragePool', [pixels]), [0, 3]));
  await mkdir(join(folder, 'onnx'), { recursive: true });
  await writeFile(join(folder, 'onnx/model.onnx'), graph.finish());
}

/** Red less green, green less blue. */
function logitsOf(graph: GraphBuilder, means: Value): Value {
  const [red, green, blue] = graph.nodes('Split', [means], 3, { axis: 1 }) as [Value, Value, Value];
  return graph.concat([graph.subtract(red, green), graph.subtract(green, blue)], 1);
}

/** Two tokens: the means, and twice the means. */
function tokensOf(graph: GraphBuilder, means: Value): Value {
  return graph.concat([graph.unsqueeze(means, [1]), graph.unsqueeze(graph.add(means, means), [1])], 1);
}

const image = (red: number, green: number, blue: number): Float32Array =>
  Float32Array.from({ length: 3 * edge * edge }, (_, index) => [red, green, blue][Math.floor(index / (edge * edge))] ?? 0);

describe('an architecture of images that is not built', () => {
  test('runs from its repository’s ONNX file, with features and logits', async () => {
    await using folder = await temporaryFolder();
    await writeJson(folder.path, 'config.json', timmConfig);
    await writeOnnx(folder.path, (graph, means) => {
      graph.output('logits', logitsOf(graph, means), 'FLOAT', ['batch', 2]);
      graph.output('last_hidden_state', tokensOf(graph, means), 'FLOAT', ['batch', 2, 3]);
    });
    await using engine = await openEngine(folder.path, { threads: 1 });
    expect(engine.facts).toMatchObject({
      library: 'TIMM',
      architecture: timmConfig.architecture,
      capabilities: ['EMBED_IMAGE', 'CLASSIFY_IMAGE'],
      dimensions: 3,
      labels: ['cat', 'dog'],
    });
    const pixels = [image(3, 2, 5), image(1, 1, 1)];
    const features = await engine.runImages?.(
      pixels.map((each) => ({ pixels: each, output: 'FEATURES' as const })),
      noTiming(),
    );
    const logits = await engine.runImages?.(
      pixels.map((each) => ({ pixels: each, output: 'LOGITS' as const })),
      noTiming(),
    );
    expectClose(features?.flatMap((row) => [...row]) ?? [], [3, 2, 5, 1, 1, 1], 1e-6);
    expectClose(logits?.flatMap((row) => [...row]) ?? [], [1, -3, 0, 0], 1e-6);
  });

  test('gives only labels where its file gives only logits', async () => {
    await using folder = await temporaryFolder();
    await writeJson(folder.path, 'config.json', transformersConfig);
    await writeJson(folder.path, 'preprocessor_config.json', processor);
    await writeOnnx(folder.path, (graph, means) => graph.output('logits', logitsOf(graph, means), 'FLOAT', ['batch', 2]));
    expect(await inspectCheckpoint(folder.path)).toMatchObject({
      library: 'TRANSFORMERS',
      architecture: 'SwinForImageClassification',
      capabilities: ['CLASSIFY_IMAGE'],
      dimensions: null,
      labels: ['eel', 'fox'],
    });
  });

  test('has no INT8: its precision was settled when it was exported', async () => {
    await using folder = await temporaryFolder();
    await writeJson(folder.path, 'config.json', timmConfig);
    await writeOnnx(folder.path, (graph, means) => graph.output('logits', logitsOf(graph, means), 'FLOAT', ['batch', 2]));
    await expect(openEngine(folder.path, { threads: 1, precision: 'INT8' })).rejects.toMatchObject({ code: 'UNSUPPORTED_MODEL' });
  });

  test.each<[what: string, write: (folder: string) => Promise<void>, message: RegExp]>([
    [
      'wants more than pixels',
      (folder) => writeOnnx(folder, (graph, means) => graph.output('logits', means, 'FLOAT', ['batch', 3]), { inputs: 2 }),
      /more_1/,
    ],
    [
      'gives nothing that is known',
      (folder) => writeOnnx(folder, (graph, means) => graph.output('boxes', means, 'FLOAT', ['batch', 3])),
      /logits/,
    ],
    ['is not there', async () => {}, /swin_tiny_patch4_window7_224/],
  ])('whose ONNX file %s is refused', async (_, write, message) => {
    await using folder = await temporaryFolder();
    await writeJson(folder.path, 'config.json', timmConfig);
    await write(folder.path);
    await expect(inspectCheckpoint(folder.path)).rejects.toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      message: expect.stringMatching(message),
    });
  });
});
