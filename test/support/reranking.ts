import { readFileSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, PreparedText } from '../../src/engines/engine.ts';
import { ModelkeepError } from '../../src/errors.ts';
import { readStoredTensors } from '../../src/formats/safetensors.ts';
import { type MadeTensor, seededRandom, stored, writeJson, writeWeights } from './checkpoint-maker.ts';
import { goldenFolder } from './golden.ts';

/** One pair of a cross-encoder golden case, with what the reference gives for it. */
export interface GoldenPair {
  query: string;
  document: string;
  input_ids: number[];
  /** Only where the model takes them. */
  token_type_ids?: number[];
  logits: number[];
  score: number;
}

/** `expected.json` of a cross-encoder golden case. */
export interface GoldenPairs {
  max_length: number;
  tolerance: { logits_atol: number; score_atol: number };
  queries: string[];
  documents: string[];
  /** For each query, the documents' indices, best first. */
  ranking: number[][];
  /** Query by query, each with every document. */
  items: GoldenPair[];
}

/** The cross-encoders of the golden data. */
export const goldenRerankers = ['tiny-cross-encoder', 'tiny-roberta-reranker'] as const;

/** What the reference gives for a cross-encoder. */
export function goldenPairs(name: string): GoldenPairs {
  return JSON.parse(readFileSync(new URL(`../golden/${name}/expected.json`, import.meta.url), 'utf8')) as GoldenPairs;
}

/** Pairs of one query as prepared items; throws the first error among them. */
export async function preparePairs(
  engine: Engine,
  query: string,
  texts: string[],
  truncate: 'END' | 'NONE' = 'END',
): Promise<PreparedText[]> {
  const prepared = await engine.prepare({ kind: 'scorePairs', query, items: texts, firstIndex: 0, truncate });
  return prepared.map((entry) => {
    if (entry instanceof ModelkeepError) throw entry;
    return entry as PreparedText;
  });
}

/** The scores and the logits of pairs that run in one batch. */
export async function scoreTogether(engine: Engine, batch: PreparedText[]): Promise<{ scores: number[]; logits: number[] }[]> {
  const rows = await engine.embed(batch, { inputNs: 0, inferenceNs: 0, outputNs: 0 });
  return rows.map((row) => ({ scores: [...row.subarray(0, row.length / 2)], logits: [...row.subarray(row.length / 2)] }));
}

/** Random values with a seed, as a tensor of a head. */
export function headTensor(name: string, shape: number[], seed: number): MadeTensor {
  const random = seededRandom(seed);
  const length = shape.reduce((product, size) => product * size, 1);
  return { name, shape, values: Float32Array.from({ length }, () => random() * 2 - 1) };
}

/** Makes a classifier of a golden sentence encoder: its tensors under `prefix`, a head beside them, no modules. */
export async function makeClassifier(
  folder: string,
  { golden, prefix, head, config }: { golden: string; prefix: string; head: readonly MadeTensor[]; config: Record<string, unknown> },
): Promise<void> {
  await cp(goldenFolder(golden), folder, { recursive: true });
  for (const file of ['modules.json', 'sentence_bert_config.json', 'config_sentence_transformers.json']) {
    await rm(join(folder, file), { force: true });
  }
  const written = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
  await writeJson(folder, 'config.json', { ...written, ...config });
  const file = await readFile(join(folder, 'model.safetensors'));
  const inherited = [...(await readStoredTensors(folder)).values()].filter(
    ({ name }) => !head.some((tensor) => tensor.name === prefix + name),
  );
  await writeWeights(folder, [
    ...inherited.map(({ name, shape, dtype, offset, length }) => ({
      name: prefix + name,
      shape,
      dtype,
      data: new Uint8Array(file.subarray(offset, offset + length)),
    })),
    ...head.map((tensor) => stored(tensor, 'F32')),
  ]);
}

/** Changes fields of a folder's JSON file; undefined removes one. */
export async function editJson(folder: string, file: string, changes: Record<string, unknown>): Promise<void> {
  const content = JSON.parse(await readFile(join(folder, file), 'utf8')) as Record<string, unknown>;
  await writeFile(join(folder, file), JSON.stringify({ ...content, ...changes }));
}
