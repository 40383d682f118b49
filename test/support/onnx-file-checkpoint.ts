import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGraph } from '../../src/formats/onnx-graph.ts';
import { readStoredTensors } from '../../src/formats/safetensors.ts';
import { createWeights } from '../../src/formats/weights.ts';
import { madeVocabulary, makeCheckpoint } from './checkpoint-maker.ts';

/** Makes a checkpoint of an architecture that nobody builds, run from its own ONNX file: a text's vector is its first word's row. */
export async function makeOnnxFileCheckpoint(folder: string): Promise<void> {
  await makeCheckpoint(folder, { config: { model_type: 'sillybert', architectures: ['SillyBertModel'] } });
  await mkdir(join(folder, 'onnx'));
  await cp(join(folder, 'model.safetensors'), join(folder, 'onnx/model.safetensors'));
  const graph = createGraph();
  const weights = createWeights(graph, await readStoredTensors(join(folder, 'onnx')), { file: 'model.safetensors' });
  const ids = graph.input('input_ids', 'INT64', ['batch', 'sequence']);
  const rows = weights.rows('embeddings.word_embeddings.weight', [madeVocabulary.length, 32], ids);
  graph.output('sentence_embedding', graph.gather(rows, graph.integers(0), 1), 'FLOAT', ['batch', 32]);
  await writeFile(join(folder, 'onnx/model.onnx'), graph.finish());
}
