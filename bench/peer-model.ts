import { existsSync } from 'node:fs';
import { copyFile, link, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bert } from '../src/formats/architectures/bert.ts';
import type { Precision } from '../src/formats/checkpoint-facts.ts';
import { readJsonObject } from '../src/formats/json-file.ts';
import { createGraph } from '../src/formats/onnx-graph.ts';
import { readStoredTensors } from '../src/formats/safetensors.ts';
import { createWeights } from '../src/formats/weights.ts';

/** Files by the names that transformers.js looks for; the second for `dtype: 'q8'`. */
const onnxFiles: Readonly<Record<Precision, string>> = { F32: 'model.onnx', INT8: 'model_quantized.onnx' };

/** Writes what transformers.js needs to run the very same weights: ONNX files over a link to them, int64 inputs, token embeddings out. */
export async function ensurePeerModel(folder: string, checkpoint: string): Promise<void> {
  if (existsSync(folder)) return;
  const staging = `${folder}.${process.pid}`;
  await mkdir(join(staging, 'onnx'), { recursive: true });
  for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json'])
    await copyFile(join(checkpoint, file), join(staging, file));
  await link(join(checkpoint, 'model.safetensors'), join(staging, 'onnx', 'model.safetensors'));
  for (const [precision, file] of Object.entries(onnxFiles)) {
    await writeOnnx(checkpoint, join(staging, 'onnx', file), precision as Precision);
  }
  await rename(staging, folder);
}

async function writeOnnx(checkpoint: string, target: string, precision: Precision): Promise<void> {
  const encoder = bert.read(await readJsonObject(checkpoint, 'config.json'), 'config.json');
  const graph = createGraph();
  const weights = createWeights(graph, await readStoredTensors(checkpoint, ''), { file: 'model.safetensors', precision });
  const input = (name: string) => graph.cast(graph.input(name, 'INT64', ['batch_size', 'sequence_length']), 'INT32');
  const inputs = { ids: input('input_ids'), mask: input('attention_mask'), typeIds: input('token_type_ids') };
  graph.output('last_hidden_state', encoder.build(graph, weights, inputs), 'FLOAT', ['batch_size', 'sequence_length', encoder.hiddenSize]);
  await writeFile(target, graph.finish());
}
