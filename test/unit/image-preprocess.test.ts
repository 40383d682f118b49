import { describe, expect, test } from 'vitest';
import { defaultImageLimits } from '../../src/engines/image/image-preprocessor.ts';
import { createLargeImageLock, createLockMemory } from '../../src/engines/image/large-image-lock.ts';
import { prepareImage } from '../../src/engines/image/prepare-image.ts';
import type { ImagePreprocessing } from '../../src/formats/preprocessing/image-preprocessing.ts';
import { readOpenClipPreprocessing } from '../../src/formats/preprocessing/open-clip.ts';
import { readTimmPreprocessing } from '../../src/formats/preprocessing/timm.ts';
import { readTransformersPreprocessing } from '../../src/formats/preprocessing/transformers.ts';
import { largestDifference } from '../support/golden.ts';
import { goldenImage } from '../support/golden-images.ts';
import { type GoldenPixels, type GoldenTransform, goldenArray, goldenTransforms } from '../support/golden-pixels.ts';

function readPreprocessing({ library, params }: GoldenTransform): ImagePreprocessing {
  if (library.startsWith('open_clip')) {
    const config = { model_cfg: { vision_cfg: { image_size: params.image_size } }, preprocess_cfg: params };
    return readOpenClipPreprocessing(config, 'open_clip_config.json');
  }
  if (library.startsWith('timm')) return readTimmPreprocessing({ architecture: 'any', pretrained_cfg: params }, 'config.json');
  return readTransformersPreprocessing(params, 'preprocessor_config.json', { imageSize: 1 });
}

/** The expected tensor, from the pixels before normalisation where golden has those. */
function expectedTensor(file: string, { mean, std }: ImagePreprocessing): Float32Array {
  const { shape, data } = goldenArray(file);
  if (data instanceof Float32Array) return data;
  const [height = 0, width = 0] = shape;
  const plane = height * width;
  return Float32Array.from({ length: 3 * plane }, (_, index) => {
    const channel = Math.floor(index / plane);
    return ((data[(index % plane) * 3 + channel] ?? 0) / 255 - (mean[channel] ?? 0)) / (std[channel] ?? 1);
  });
}

const lock = createLargeImageLock(createLockMemory());

async function prepare(image: string, preprocessing: ImagePreprocessing): Promise<Float32Array> {
  const { pixels } = await prepareImage(goldenImage(image), { preprocessing, fast: false, limits: defaultImageLimits, lock });
  return pixels;
}

/** Exact where no decoder has a choice; otherwise what golden allows another JPEG decoder. */
function expectAgreement(actual: Float32Array, expected: Float32Array, image: string, { std }: ImagePreprocessing): void {
  if (!/\.jpg|lossy/.test(image)) {
    expect(largestDifference(actual, expected)).toBeLessThanOrEqual(1e-5);
    return;
  }
  const step = 1 / 255 / Math.min(...std);
  expect(largestDifference(actual, expected)).toBeLessThanOrEqual(3 * step);
  const sum = actual.reduce((total, value, index) => total + Math.abs(value - (expected[index] ?? Number.NaN)), 0);
  expect(sum / actual.length).toBeLessThanOrEqual(0.01);
}

const whole = (item: GoldenPixels) => item.npy !== undefined && item.image !== 'gray16.png';

describe.each(goldenTransforms)('$name', (transform) => {
  const preprocessing = readPreprocessing(transform);

  test.each(transform.items.filter(whole))('$image becomes the pixels of the reference', async ({ image, npy = '' }) => {
    expectAgreement(await prepare(image, preprocessing), expectedTensor(npy, preprocessing), image, preprocessing);
  });

  const others = transform.items.filter((item) => whole(item) && item.npy_rgb_first);
  if (others.length > 0) {
    const steps = [{ type: 'toRgb' } as const, ...preprocessing.steps];
    test.each(others)('$image, made RGB before all else, becomes what the reference gives then', async (item) => {
      const rgbFirst = { ...preprocessing, steps };
      expectAgreement(await prepare(item.image, rgbFirst), expectedTensor(item.npy_rgb_first ?? '', rgbFirst), item.image, rgbFirst);
    });
  }

  // What the reference itself fails on, or makes nearly white: here it is prepared like any other image.
  test.each(transform.items.filter((item) => !whole(item)))('$image is prepared', async ({ image }) => {
    const pixels = await prepare(image, preprocessing);
    expect(pixels.length).toBe(3 * preprocessing.width * preprocessing.height);
    const values = new Set(pixels);
    expect(values.size).toBeGreaterThan(image === 'one-pixel.png' ? 0 : 20);
  });
});
