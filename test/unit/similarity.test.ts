import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SimilarityFunction } from '../../src/formats/checkpoint-facts.ts';
import { readSimilarity } from '../../src/formats/similarity-setting.ts';
import { similarityMatrix } from '../../src/inference/similarity-matrix.ts';
import { writeJson } from '../support/checkpoint-maker.ts';
import { expectClose } from '../support/golden.ts';

const rows = [Float32Array.of(3, 4), Float32Array.of(0, 0)];
const columns = [Float32Array.of(3, 4), Float32Array.of(-4, 3), Float32Array.of(0, 2)];
const { signal } = new AbortController();

describe('a matrix of similarities', () => {
  test.each<[SimilarityFunction, number[][]]>([
    [
      'COSINE',
      [
        [1, 0, 0.8],
        [0, 0, 0],
      ],
    ],
    [
      'DOT',
      [
        [25, 0, 8],
        [0, 0, 0],
      ],
    ],
    [
      'EUCLIDEAN',
      [
        [0, -Math.sqrt(50), -Math.sqrt(13)],
        [-5, -5, -2],
      ],
    ],
    [
      'MANHATTAN',
      [
        [0, -8, -5],
        [-7, -7, -2],
      ],
    ],
  ])('by %s is what sentence-transformers makes it', async (similarity, expected) => {
    const matrix = await similarityMatrix(similarity, { rows, columns, signal });
    expect(matrix).toHaveLength(rows.length);
    for (const [index, row] of matrix.entries()) expectClose(row, expected[index] ?? [], 1e-6);
  });

  test('ends while it is made once nobody waits for it', async () => {
    const many = Array.from({ length: 3000 }, () => new Float32Array(64).fill(1));
    const leaving = new AbortController();
    const made = similarityMatrix('DOT', { rows: many, columns: many, signal: leaving.signal });
    leaving.abort();
    await expect(made).rejects.toMatchObject({ code: 'CANCELED' });
  });

  test('lets others work meanwhile', async () => {
    const many = Array.from({ length: 2000 }, () => new Float32Array(64).fill(1));
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 1);
    try {
      await similarityMatrix('DOT', { rows: many, columns: many, signal });
    } finally {
      clearInterval(ticking);
    }
    expect(turns).toBeGreaterThan(5);
  });
});

describe("a checkpoint's similarity function", () => {
  test.each([
    [{ similarity_fn_name: 'dot' }, 'DOT'],
    [{ similarity_fn_name: 'euclidean' }, 'EUCLIDEAN'],
    [{ similarity_fn_name: 'manhattan' }, 'MANHATTAN'],
    [{ similarity_fn_name: 'cosine' }, 'COSINE'],
    [{ similarity_fn_name: null }, 'COSINE'],
    [{ similarity_fn_name: 'maxsim' }, 'COSINE'],
    [{ similarity_fn_name: 'constructor' }, 'COSINE'],
    [{}, 'COSINE'],
  ])('of %j is %s', async (config, expected) => {
    const folder = await mkdtemp(join(tmpdir(), 'modelkeep-test-'));
    try {
      await writeJson(folder, 'config_sentence_transformers.json', config);
      expect(await readSimilarity(folder)).toBe(expected);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
