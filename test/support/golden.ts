import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** One text of a sentence-transformers golden case, with what the reference gives for it. */
export interface GoldenText {
  text: string;
  input_ids: number[];
  token_type_ids: number[];
  tokens: string[];
  tokens_before_truncation: number;
  truncated: boolean;
  pooled: number[];
  embedding: number[];
  truncated_embeddings: Record<string, number[]>;
  /** After Dense, before Normalize; only where there is a Dense. */
  dense?: number[];
  /** Name of the prompt that goes in front. */
  prompt_name?: string;
}

/** `expected.json` of a sentence-transformers golden case. */
export interface GoldenTexts {
  embedding_dim: number;
  max_seq_length: number;
  tolerance: { embedding_atol: number; pooled_atol: number; hidden_atol: number; cosine_min: number };
  items: GoldenText[];
}

/** The checkpoint of a golden case, in its upstream layout. */
export function goldenFolder(name: string): string {
  return fileURLToPath(new URL(`../golden/${name}/model`, import.meta.url));
}

/** What the reference libraries give for a golden case. */
export function goldenExpected(name: string): GoldenTexts {
  return JSON.parse(readFileSync(new URL(`../golden/${name}/expected.json`, import.meta.url), 'utf8')) as GoldenTexts;
}

/** A tensor of the case's expected.safetensors, as F32. */
export function goldenTensor(name: string, tensor: string): { data: Float32Array; shape: number[] } {
  const file = readFileSync(new URL(`../golden/${name}/expected.safetensors`, import.meta.url));
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + headerLength)) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >;
  const entry = header[tensor];
  if (!entry) throw new Error(`${name} has no expected tensor ${tensor}.`);
  const [start, end] = entry.data_offsets.map((offset) => offset + 8 + headerLength) as [number, number];
  return { data: new Float32Array(new Uint8Array(file.subarray(start, end)).buffer), shape: entry.shape };
}

/** The largest absolute difference of two vectors; infinite where their lengths differ or a value is no number. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let index = 0; index < actual.length; index += 1) {
    const difference = Math.abs((actual[index] ?? Number.NaN) - (expected[index] ?? Number.NaN));
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, difference);
  }
  return largest;
}

/** Cosine of the angle between two vectors. */
export function cosine(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let [dot, leftSquares, rightSquares] = [0, 0, 0];
  for (let index = 0; index < left.length; index += 1) {
    const [a, b] = [left[index] ?? Number.NaN, right[index] ?? Number.NaN];
    dot += a * b;
    leftSquares += a * a;
    rightSquares += b * b;
  }
  return dot / Math.sqrt(leftSquares * rightSquares);
}

/** Fails unless every value is within `tolerance` of the expected one. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, label = 'difference'): void {
  expect(largestDifference(actual, expected), label).toBeLessThanOrEqual(tolerance);
}
