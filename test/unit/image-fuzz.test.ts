import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defaultImageLimits } from '../../src/engines/image/image-preprocessor.ts';
import { createLargeImageLock, createLockMemory } from '../../src/engines/image/large-image-lock.ts';
import { UndecodableImage } from '../../src/engines/image/opened-image.ts';
import { prepareImage } from '../../src/engines/image/prepare-image.ts';
import { readOpenClipPreprocessing } from '../../src/formats/preprocessing/open-clip.ts';

const folders = ['images', 'image-modes'].map((name) => new URL(`../golden/${name}/`, import.meta.url));
const originals = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => !file.endsWith('.json'))
    .map((file) => readFileSync(new URL(file, folder))),
);

/** Whole numbers below `limit` that look random, the same each time. */
function createDice(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

test('images with changed, missing or cut off bytes are prepared or refused with a reason, whatever their format', async () => {
  const preprocessing = readOpenClipPreprocessing({ model_cfg: { vision_cfg: { image_size: 32 } } }, 'open_clip_config.json');
  const lock = createLargeImageLock(createLockMemory());
  const dice = createDice(7);
  let [prepared, refused] = [0, 0];
  for (let run = 0; run < 700; run += 1) {
    const original = originals[run % originals.length] ?? Buffer.alloc(0);
    const bytes = Buffer.from(original);
    for (let change = dice(12); change >= 0; change -= 1) bytes[dice(dice(2) ? Math.min(200, bytes.length) : bytes.length)] = dice(256);
    const changed = dice(4) === 0 ? bytes.subarray(0, dice(bytes.length)) : bytes;
    try {
      // Fewer pixels than by default: an invented size only costs time.
      const limits = { ...defaultImageLimits, maxPixels: 2_000_000 };
      const { pixels } = await prepareImage(changed, { preprocessing, fast: dice(3) === 0, limits, lock });
      expect(pixels.every(Number.isFinite)).toBe(true);
      prepared += 1;
    } catch (error) {
      if (!(error instanceof UndecodableImage)) throw error;
      expect(error.message).toMatch(/^[^\n]{10,120}\.$/);
      refused += 1;
    }
  }
  expect(prepared).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(300);
});
