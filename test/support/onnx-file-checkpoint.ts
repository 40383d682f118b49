import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGraph } from '../../src/formats/onnx-graph.ts';
import { makeCheckpoint } from './checkpoint-maker.ts';

/** Makes a checkpoint of an architecture that nobody builds, run from its own ONNX file: 32 multiples of a text's first id. */
export async function makeOnnxFileCheckpoint(folder: string): Promise<void> {
  await makeCheckpoint(folder, { config: { model_type: 'sillybert', architectures: ['SillyBertModel'] } });
  await mkdir(join(folder, 'onnx'));
  const graph = createGraph();
  const ids = graph.cast(graph.input('input_ids', 'INT64', ['batch', 'sequence']), 'FLOAT');
  const first = graph.gather(ids, graph.integers([1]), 1);
  const multiples = graph.float(Array.from({ length: 32 }, (_, index) => index + 1));
  graph.output('sentence_embedding', graph.multiply(first, multiples), 'FLOAT', ['batch', 32]);
  await writeFile(join(folder, 'onnx/model.onnx'), graph.finish());
}
