import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cosine, expectClose, largestDifference } from '../support/golden.ts';
import { type GoldenClipText, goldenClip, goldenPixels, type OpenTowers, openGoldenTowers, unit } from '../support/golden-towers.ts';

const cases = [
  'tiny-clip-hf',
  'tiny-siglip-hf',
  'tiny-clip-openai',
  'tiny-clip-laion',
  'tiny-mobileclip',
  'tiny-eva02-clip',
  'tiny-clip-coca',
];

/** The golden ids end at the first end token; open_clip's own tokenizer takes a typed one for one, too, and puts another behind. */
function wholeIds({ text, input_ids: ids }: GoldenClipText): number[] {
  return text.endsWith('<end_of_text>') ? [...ids, ids.at(-1) ?? 0] : ids;
}

describe.each(cases)('%s', (name) => {
  const golden = goldenClip(name);
  const { features_atol: tolerance } = golden.tolerance;
  const unitTolerance = golden.tolerance.normalized_features_atol ?? golden.tolerance.embeds_atol ?? 0;
  const images = golden.image_items.flatMap((item) => {
    const pixels = goldenPixels(name, item);
    return pixels ? [{ pixels, expected: item.image_features }] : [];
  });
  let towers: OpenTowers;
  beforeAll(async () => {
    towers = await openGoldenTowers(name);
  });
  afterAll(() => towers[Symbol.asyncDispose]());

  it('gives the features of images, alone and together', async () => {
    const together = await towers.embedImages(images.map(({ pixels }) => pixels));
    for (const [index, { pixels, expected }] of images.entries()) {
      const [alone = []] = await towers.embedImages([pixels]);
      for (const features of [alone, together[index] ?? []]) {
        expectClose(features, expected, tolerance, `image ${index}`);
        expectClose(unit(features), unit(expected), unitTolerance, `image ${index}, unit length`);
      }
    }
  });

  it('gives the features of texts from their ids, alone and in batches of mixed lengths', async () => {
    const texts = golden.texts.map(wholeIds);
    const together = await towers.embedIds(texts);
    for (const [index, ids] of texts.entries()) {
      const [alone = []] = await towers.embedIds([ids]);
      const expected = golden.texts[index]?.text_features ?? [];
      for (const features of [alone, together[index] ?? []]) {
        expectClose(features, expected, tolerance, `text ${index}`);
        expectClose(unit(features), unit(expected), unitTolerance, `text ${index}, unit length`);
      }
    }
  });

  it('gives the ids of texts', async () => {
    const ids = await towers.idsOf(golden.texts.map(({ text }) => text));
    for (const [index, item] of golden.texts.entries()) {
      const accepted = [item.input_ids, item.input_ids_from_tokenizer_json, item.input_ids_slow_tokenizer];
      expect(accepted, JSON.stringify(item.text)).toContainEqual(ids[index]);
    }
  });

  it('gives nearly the same in INT8', async () => {
    await using small = await openGoldenTowers(name, 'INT8');
    const [vectors, texts] = [
      await small.embedImages(images.map(({ pixels }) => pixels)),
      await small.embedIds(golden.texts.map(wholeIds)),
    ];
    for (const [index, { expected }] of images.entries()) expect(cosine(vectors[index] ?? [], expected)).toBeGreaterThan(0.99);
    for (const [index, { text_features: expected }] of golden.texts.entries()) {
      expect(cosine(texts[index] ?? [], expected)).toBeGreaterThan(0.99);
    }
    expect(largestDifference(vectors[0] ?? [], images[0]?.expected ?? [])).toBeGreaterThan(tolerance);
    expect(small.checkpoint.facts.int8MemoryBytes).toBeLessThan(small.checkpoint.facts.memoryBytes);
  });

  it('says how images and texts are compared', () => {
    const { zeroShot, dimensions, capabilities, maxTokens } = towers.checkpoint.facts;
    expect(zeroShot?.logitScale).toBeCloseTo(golden.logit_scale, 4);
    expect(zeroShot?.logitBias).toBe(golden.logit_bias ?? null);
    expect(zeroShot?.activation).toBe(golden.logit_bias === undefined ? 'SOFTMAX' : 'SIGMOID');
    expect(capabilities).toEqual(['EMBED_TEXT', 'EMBED_IMAGE']);
    expect(dimensions).toBe(golden.texts[0]?.text_features.length);
    expect(maxTokens).toBe(towers.checkpoint.text?.contextLength);
  });
});
