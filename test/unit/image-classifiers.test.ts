import { globSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cosine, expectClose, goldenFolder, largestDifference } from '../support/golden.ts';
import { goldenImages, goldenPixels, openTestTower } from '../support/image-tower.ts';
import { roundedWeights } from '../support/rounded-weights.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = fileURLToPath(new URL('../golden', import.meta.url));
const cases = globSync('tiny-{*-timm,vit-timm-avg,vit-hf,deit-hf,dinov2*-hf}/expected.json', { cwd: root }).map(dirname).sort();

function softmax(logits: Float32Array): number[] {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

test('there is a golden case of each family', () => {
  expect(cases).toHaveLength(23);
});

describe.each(cases)('%s', (name) => {
  const { items, tolerance, feature_dim: width, num_classes: classes } = goldenImages(name);
  const pixels = items.map((item) => goldenPixels(name, item));

  test('gives the reference’s features, logits and probabilities for given pixels', async () => {
    await using tower = await openTestTower(goldenFolder(name));
    const { image, facts } = tower.checkpoint;
    expect(image).toMatchObject({ dimensions: width, hasLogits: classes > 0 });
    expect(facts.labels).toHaveLength(classes);
    expect(facts.capabilities).toEqual(classes > 0 ? ['EMBED_IMAGE', 'CLASSIFY_IMAGE'] : ['EMBED_IMAGE']);
    for (const [index, item] of items.entries()) {
      const images = pixels.slice(index, index + 1);
      const [features = []] = await tower.run(images, 'features');
      expectClose(features, item.features, tolerance.features_atol, `${item.image} features`);
      if (item.logits === undefined) continue;
      const [logits = new Float32Array()] = await tower.run(images, 'logits');
      expectClose(logits, item.logits, tolerance.logits_atol, `${item.image} logits`);
      if (item.probabilities) expectClose(softmax(logits), item.probabilities, tolerance.probabilities_atol, `${item.image} probabilities`);
    }
  });

  test('gives an image in a batch what it gives it alone', async () => {
    await using tower = await openTestTower(goldenFolder(name));
    const together = await tower.run([...pixels, ...pixels.toReversed()], 'features');
    const wanted = [...items, ...items.toReversed()];
    expect(together).toHaveLength(wanted.length);
    for (const [index, features] of together.entries()) expectClose(features, wanted[index]?.features ?? [], tolerance.features_atol);
  });

  test('is close to itself in INT8', async () => {
    await using tower = await openTestTower(goldenFolder(name), { precision: 'INT8' });
    for (const [index, features] of (await tower.run(pixels, 'features')).entries()) {
      expect(cosine(features, items[index]?.features ?? [])).toBeGreaterThanOrEqual(0.99);
    }
  });

  test.each(['F16', 'BF16'] as const)('computes with weights stored as %s as with the same numbers in F32', async (dtype) => {
    await using folder = await temporaryFolder();
    const [half, whole] = [join(folder.path, 'half'), join(folder.path, 'whole')];
    await mkdir(half);
    await roundedWeights(goldenFolder(name), { half, whole, dtype });
    await using narrow = await openTestTower(half);
    await using wide = await openTestTower(whole);
    expect(narrow.checkpoint.facts.quantization).toBe(dtype);
    const [actual = [], expected = []] = [(await narrow.run(pixels, 'features'))[0], (await wide.run(pixels, 'features'))[0]];
    expect(largestDifference(actual, expected)).toBeLessThanOrEqual(tolerance.features_atol);
  });
});
