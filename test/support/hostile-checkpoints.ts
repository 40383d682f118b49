import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGraph, type GraphBuilder } from '../../src/formats/onnx-graph.ts';
import type { Value } from '../../src/formats/onnx-types.ts';
import { type CheckpointOptions, madeTokenizer, madeVocabulary, makeCheckpoint, writeJson } from './checkpoint-maker.ts';

/** Width of the made checkpoints. */
const hidden = 16;

/** A text that `slowExpression` takes minutes for: each word is tried in a million ways, below the library's own limit. */
export const slowText = `${'a'.repeat(20)} `.repeat(12_000);

/** A text whose one word is tried in more ways than the library allows, at which it aborts the process. */
export const endlessText = 'a'.repeat(40);

const slowExpression = '(a+)+[!?]';

/** Checkpoints that are well formed and do harm when they run: each by what it does. */
export const hostileCheckpoints = {
  /** A normalizer with a regular expression that takes exponential time. */
  expression: (folder: string) =>
    withTokenizer(folder, { normalizer: { type: 'Replace', pattern: { Regex: slowExpression }, content: 'b' } }),
  /** The same where texts are split into words. */
  splitExpression: (folder: string) =>
    withTokenizer(folder, {
      pre_tokenizer: { type: 'Split', pattern: { Regex: slowExpression }, behavior: 'Isolated', invert: false },
    }),
  /** A tokenizer that doubles every letter `c` forty times: a terabyte. */
  growingText: (folder: string) => {
    const double = { type: 'Replace', pattern: { String: 'c' }, content: 'cc' };
    return withTokenizer(folder, { normalizer: { type: 'Sequence', normalizers: new Array(40).fill(double) } });
  },
  /** A tokenizer with ids that the model has no row for. */
  unknownIds: (folder: string) => withTokenizer(folder, { model: withWord('cat', 1_000_000_000) }),
  /** A graph that doubles a tensor until there is no memory. */
  growingTensor: (folder: string) =>
    withGraph(folder, (graph, value) => {
      let grown = graph.reshape(value, [-1]);
      for (let step = 0; step < 34; step += 1) grown = graph.concat([grown, grown], 0);
      return graph.add(value, graph.node('ReduceMax', [grown], { keepdims: 0 }));
    }),
  /** A graph that asks for more memory at once than any machine has. */
  largeTensor: (folder: string) =>
    withGraph(folder, (graph, value) => {
      const size = graph.multiply(graph.node('Shape', [value]), graph.integers([1_000_000, 1_000_000, 1]));
      return graph.add(value, graph.node('ReduceMax', [graph.node('ConstantOfShape', [size])], { keepdims: 0 }));
    }),
  /** A graph that divides the least whole number by -1, which stops the process by a signal; only where a text has a `cat`. */
  crash: (folder: string) =>
    withGraph(folder, (graph, value, ids) => {
      const cat = graph.cast(graph.integers(madeVocabulary.indexOf('cat')), 'INT32');
      const isCat = graph.cast(graph.node('Equal', [ids, cat]), 'INT64');
      const divisor = graph.subtract(graph.integers(1), graph.add(isCat, isCat));
      const quotient = graph.divide(graph.multiply(isCat, graph.integers(-(2 ** 63))), divisor);
      return graph.add(value, graph.unsqueeze(graph.cast(quotient, 'FLOAT'), [2]));
    }),
  /** A graph whose value of `cat` is no number. */
  sometimesNotANumber: (folder: string) =>
    withGraph(folder, (graph, value, ids) => {
      const cat = graph.cast(graph.integers(madeVocabulary.indexOf('cat')), 'INT32');
      const difference = graph.unsqueeze(graph.cast(graph.subtract(ids, cat), 'FLOAT'), [2]);
      return graph.multiply(value, graph.divide(difference, difference));
    }),
  /** A graph whose every value is no number. */
  notANumber: (folder: string) =>
    withGraph(folder, (graph, value) => graph.divide(graph.subtract(value, value), graph.subtract(value, value))),
  /** A graph whose every value is infinite. */
  infinite: (folder: string) =>
    withGraph(folder, (graph, value) => graph.node('Exp', [graph.multiply(graph.node('Exp', [value]), graph.float(1e6))])),
  /** A graph that fails while it runs: a shape that cannot be. */
  impossibleShape: (folder: string) => withGraph(folder, (graph, value) => graph.add(value, graph.reshape(value, [-1, 7]))),
} as const;

export type HostileCheckpoint = keyof typeof hostileCheckpoints;

/** The same sizes without harm. */
export async function harmlessCheckpoint(folder: string, options: CheckpointOptions = {}): Promise<void> {
  await makeCheckpoint(folder, { sizes: { hidden, intermediate: 32, layers: 1, heads: 2 }, ...options });
}

async function withTokenizer(folder: string, changes: object): Promise<void> {
  await harmlessCheckpoint(folder);
  await writeJson(folder, 'tokenizer.json', { ...madeTokenizer(), ...changes });
}

function withWord(word: string, id: number): object {
  const { model } = madeTokenizer() as { model: { vocab: Record<string, number> } };
  return { ...model, vocab: { ...model.vocab, [word]: id } };
}

/** A checkpoint with an ONNX file of its own: each token's vector is its id `hidden` times, then `harm`. */
async function withGraph(folder: string, harm: (graph: GraphBuilder, value: Value, ids: Value) => Value): Promise<void> {
  await harmlessCheckpoint(folder);
  await rm(join(folder, 'model.safetensors'));
  const graph = createGraph();
  const shape = ['batch', 'sequence'];
  const ids = graph.input('input_ids', 'INT32', shape);
  graph.input('attention_mask', 'INT32', shape);
  const value = graph.multiply(graph.unsqueeze(graph.cast(ids, 'FLOAT'), [2]), graph.float(new Array<number>(hidden).fill(1)));
  graph.output('last_hidden_state', harm(graph, value, ids), 'FLOAT', [...shape, hidden]);
  await mkdir(join(folder, 'onnx'));
  await writeFile(join(folder, 'onnx/model.onnx'), graph.finish());
}
