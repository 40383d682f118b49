import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { cosine, expectClose } from '../support/golden.ts';
import { openTowers, unit } from '../support/golden-towers.ts';

const root = new URL('../golden/open-clip-variants/', import.meta.url);

interface Variant {
  image_features: number[][];
  input_ids: number[][];
  text_features: number[][];
  logit_scale: number;
  logit_bias: number | null;
}

/** Image `k` of a case: no random numbers, so that nothing needs to be stored. */
function pixels(count: number, k: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => Math.sin(index * 0.37 + k));
}

describe.each(readdirSync(root))("open_clip's option: %s", (name) => {
  const folder = fileURLToPath(new URL(`${name}/model`, root));
  const expected = JSON.parse(readFileSync(new URL(`${name}/expected.json`, root), 'utf8')) as Variant;

  it('has the features of open_clip, alone and together', async () => {
    await using towers = await openTowers(folder);
    const { height, width } = towers.checkpoint.image.preprocessing;
    const images = expected.image_features.map((_, index) => pixels(3 * height * width, index));
    const [vectors, texts] = [await towers.embedImages(images), await towers.embedIds(expected.input_ids)];
    for (const [index, features] of expected.image_features.entries()) {
      expectClose(vectors[index] ?? [], features, 1e-4, `image ${index}`);
      expectClose(unit(vectors[index] ?? []), unit(features), 2e-5, `image ${index}, unit length`);
    }
    for (const [index, features] of expected.text_features.entries()) {
      const [alone = []] = await towers.embedIds([expected.input_ids[index] ?? []]);
      for (const vector of [alone, texts[index] ?? []]) {
        expectClose(vector, features, 1e-4, `text ${index}`);
        expectClose(unit(vector), unit(features), 2e-5, `text ${index}, unit length`);
      }
    }
    expect(towers.checkpoint.facts.zeroShot?.logitScale).toBeCloseTo(expected.logit_scale, 4);
    expect(towers.checkpoint.facts.zeroShot?.logitBias).toBe(expected.logit_bias);
  });

  it('has nearly the same in INT8', async () => {
    await using towers = await openTowers(folder, 'INT8');
    const { height, width } = towers.checkpoint.image.preprocessing;
    const [vector = []] = await towers.embedImages([pixels(3 * height * width, 0)]);
    const [text = []] = await towers.embedIds(expected.input_ids);
    expect(cosine(vector, expected.image_features[0] ?? [])).toBeGreaterThan(0.99);
    expect(cosine(text, expected.text_features[0] ?? [])).toBeGreaterThan(0.99);
  });
});
