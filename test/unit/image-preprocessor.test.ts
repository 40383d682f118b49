import { describe, expect, test } from 'vitest';
import type { PreprocessorOptions } from '../../src/engines/image/image-preprocessor.ts';
import { openPreprocessor } from '../../src/engines/image/open-preprocessor.ts';
import { startThread } from '../../src/engines/image/start-thread.ts';
import { CanceledError, InvalidImageError, RunnerCrashedError } from '../../src/errors.ts';
import { readOpenClipPreprocessing } from '../../src/formats/preprocessing/open-clip.ts';
import { largestDifference } from '../support/golden.ts';
import { goldenImage } from '../support/golden-images.ts';
import { png } from '../support/hostile-images.ts';

const preprocessing = readOpenClipPreprocessing({ model_cfg: { vision_cfg: { image_size: 32 } } }, 'open_clip_config.json');
const open = (options: Partial<PreprocessorOptions> = {}) => openPreprocessor({ preprocessing, threads: 2, ...options });
const files = ['rgb.png', 'large.jpg', 'rgba.png', 'palette.png', 'cmyk.jpg', 'gray.jpg', 'lossy.webp', 'very-wide.png'];

describe('the image preprocessor', () => {
  test('answers in the order of the images, whichever thread is done first', async () => {
    await using several = await open({ threads: 4 });
    await using single = await open({ threads: 1 });
    const images = [...files, ...files, ...files].map(goldenImage);
    const together = await several.prepare(images, { firstIndex: 0 });
    for (const [position, image] of images.entries()) {
      const [alone] = await single.prepare([image], { firstIndex: 0 });
      expect(together[position]).toEqual(alone);
      expect(together[position]).toMatchObject({ width: 32, height: 32, pixels: expect.any(Float32Array) });
    }
  });

  test('an image that is none fails alone, with its index in the request', async () => {
    await using preprocessor = await open();
    const images = [goldenImage('rgb.png'), new Uint8Array(9), goldenImage('large.jpg'), goldenImage('large.jpg').subarray(0, 3000)];
    const [first, second, third, fourth] = await preprocessor.prepare(images, { firstIndex: 40 });
    for (const good of [first, third]) expect(good).toHaveProperty('pixels');
    expect(second).toBeInstanceOf(InvalidImageError);
    expect(second).toMatchObject({ code: 'INVALID_IMAGE', index: 41 });
    expect(fourth).toMatchObject({ code: 'INVALID_IMAGE', index: 43, message: expect.stringContaining('ends too early') });
  });

  test('refuses images beyond its limits', async () => {
    await using preprocessor = await open({ limits: { maxBytes: 5000, maxPixels: 77 * 53 - 1 } });
    const [tooManyBytes, tooManyPixels] = await preprocessor.prepare([goldenImage('rgb.png'), goldenImage('one-pixel.png')], {
      firstIndex: 0,
    });
    expect(tooManyBytes).toMatchObject({ code: 'INVALID_IMAGE', message: expect.stringContaining('bytes; at most 5000 are taken') });
    expect(tooManyPixels).toHaveProperty('pixels');
    await using narrower = await open({ limits: { maxPixels: 77 * 53 - 1 } });
    const [wide] = await narrower.prepare([goldenImage('rgb.png')], { firstIndex: 0 });
    expect(wide).toMatchObject({ code: 'INVALID_IMAGE', message: expect.stringContaining('77 × 53 pixels; at most 4080 are taken') });
  });

  test('leaves the bytes that it was given as they are, also where they are part of something larger', async () => {
    await using preprocessor = await open();
    const image = goldenImage('rgb.png');
    const larger = new Uint8Array(image.length + 100);
    larger.set(image, 50);
    const view = larger.subarray(50, 50 + image.length);
    const [first] = await preprocessor.prepare([view], { firstIndex: 0 });
    const [again] = await preprocessor.prepare([view], { firstIndex: 0 });
    expect(first).toEqual(again);
    expect(view).toEqual(new Uint8Array(image));
  });

  test('keeps the geometry and comes near the pixels where it is to be fast', async () => {
    await using exact = await open();
    await using fast = await open({ fast: true });
    for (const file of ['large.jpg', 'rgb.png', 'rgb-progressive.jpg', 'rgba.png', 'gray.jpg', 'cmyk.jpg']) {
      const [right] = await exact.prepare([goldenImage(file)], { firstIndex: 0 });
      const [near] = await fast.prepare([goldenImage(file)], { firstIndex: 0 });
      if (!right || !near || !('pixels' in right) || !('pixels' in near)) throw new Error(`${file} was refused`);
      const average =
        right.pixels.reduce((sum, value, index) => sum + Math.abs(value - (near.pixels[index] ?? 9)), 0) / right.pixels.length;
      // A step of one of 255 is 0.015; the next pixel of these pictures is 0.5 away.
      expect(average, file).toBeLessThan(0.08);
      if (file === 'large.jpg') expect(largestDifference(near.pixels, right.pixels), file).toBeGreaterThan(0);
    }
  });

  test('an aborted request is over at once, and the others go on', async () => {
    await using preprocessor = await open({ threads: 1 });
    const controller = new AbortController();
    const images = Array.from({ length: 50 }, () => goldenImage('large.jpg'));
    const aborted = preprocessor.prepare(images, { firstIndex: 0, signal: controller.signal });
    const other = preprocessor.prepare([goldenImage('rgb.png')], { firstIndex: 0 });
    controller.abort();
    await expect(aborted).rejects.toBeInstanceOf(CanceledError);
    expect(await other).toEqual([expect.objectContaining({ width: 32 })]);
    await expect(preprocessor.prepare(images, { firstIndex: 0, signal: controller.signal })).rejects.toBeInstanceOf(CanceledError);
  });

  test('what waits is cancelled when it is closed', async () => {
    const preprocessor = await open({ threads: 1 });
    const pending = preprocessor.prepare([png(5000, 5000, new Uint8Array(5001 * 5000)), goldenImage('rgb.png')], { firstIndex: 0 });
    const outcome = expect(pending).rejects.toBeInstanceOf(CanceledError);
    await preprocessor[Symbol.asyncDispose]();
    await outcome;
    await expect(preprocessor.prepare([goldenImage('rgb.png')], { firstIndex: 0 })).rejects.toBeInstanceOf(CanceledError);
  });

  test('a thread that dies costs the image that it was at; the others get a new thread', async () => {
    let started = 0;
    const dying = new URL('../support/dying-thread.ts', import.meta.url);
    await using preprocessor = await openPreprocessor({ preprocessing, threads: 1 }, (data, events) => {
      started += 1;
      return started === 1 ? startThread(data, events, dying) : startThread(data, events);
    });
    const [lost, ...others] = await preprocessor.prepare(files.map(goldenImage), { firstIndex: 0 });
    expect(lost).toBeInstanceOf(RunnerCrashedError);
    expect(others).toHaveLength(files.length - 1);
    for (const prepared of others) expect(prepared).toMatchObject({ width: 32 });
    expect(started).toBe(2);
  });

  test('threads go on while the main thread is busy', async () => {
    await using preprocessor = await open({ threads: 1 });
    await preprocessor.prepare([goldenImage('rgb.png')], { firstIndex: 0 });
    const images = Array.from({ length: 10 }, () => png(2000, 2000, new Uint8Array(2001 * 2000)));
    const pending = preprocessor.prepare(images, { firstIndex: 0 });
    // Nothing is awaited: what the process uses of the processor besides this loop is the threads' work.
    const before = { all: process.cpuUsage(), mine: process.threadCpuUsage() };
    const others = () => process.cpuUsage(before.all).user - process.threadCpuUsage(before.mine).user;
    // Microseconds; several times what one of them takes.
    const wanted = 100_000;
    const deadline = performance.now() + 20_000;
    while (others() < wanted && performance.now() < deadline);
    expect(others()).toBeGreaterThanOrEqual(wanted);
    expect(await pending).toHaveLength(10);
  });
});
