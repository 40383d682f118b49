import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { hostileImages } from '../support/hostile-images.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const program = resolve(import.meta.dirname, '../support/image-process.ts');
const megabyte = 1024 * 1024;

async function prepareApart(
  files: Record<string, Uint8Array>,
  threads: number,
): Promise<{ grownBytes: number; outcomes: Record<string, string> }> {
  await using folder = await temporaryFolder();
  const paths = Object.keys(files).map((name) => join(folder.path, name));
  await Promise.all(Object.values(files).map((bytes, index) => writeFile(paths[index] ?? '', bytes)));
  const { stdout } = await promisify(execFile)(process.execPath, [program, String(threads), ...paths]);
  const { grownBytes, outcomes } = JSON.parse(stdout);
  return { grownBytes, outcomes: Object.fromEntries(outcomes) };
}

/** Far below what the largest would take together; the progressive JPEG of 49 megapixels alone takes 450. */
const mostGrownBytes = 800 * megabyte;

const ready = '224 × 224';
const refused = (reason: RegExp) =>
  expect.stringMatching(new RegExp(`^INVALID_IMAGE Item \\d+ is not an image that can be used: .*${reason.source}`));
const broken = (format: string) => refused(new RegExp(`its ${format} data is broken or ends too early`));

test('every hostile file gets a clean answer or INVALID_IMAGE with a reason, within bounded memory', { timeout: 90_000 }, async () => {
  const { grownBytes, outcomes } = await prepareApart(await hostileImages(), 2);
  const { 'noise.jpg': noise, ...others } = outcomes;
  expect(noise).toMatch(/^224 × 224$|^INVALID_IMAGE/);
  expect(others).toEqual({
    'bomb.png': refused(/16000 × 16000 pixels; at most 50000000 are taken/),
    'most-pixels.png': ready,
    'most-pixels-progressive.jpg': ready,
    'lying-small.png': ready,
    'lying-large.png': broken('PNG'),
    'nothing-wide.png': broken('PNG'),
    'absurd.png': broken('PNG'),
    'wide.png': ready,
    'wide.jpg': ready,
    'too-wide.png': refused(/longer edge is over 65535 pixels/),
    'tall.png': ready,
    'truncated.jpg': broken('JPEG'),
    'headless.jpg': broken('JPEG'),
    'drawing.svg': refused(/SVG or other XML, which is not drawn/),
    'declared.svg': refused(/SVG or other XML, which is not drawn/),
    'drawing.svgz': refused(/compressed with gzip/),
    'page.pdf': refused(/PDF, which is not drawn/),
    'frames.gif': ready,
    'no-frame.gif': broken('GIF'),
    'loop.tif': broken('TIFF'),
    'nothing.png': refused(/it is empty/),
    'noise.bin': refused(/of no format that is decoded/),
    'movie.heic': refused(/HEIC/),
    'broken.avif': broken('AVIF'),
    'broken.webp': broken('WEBP'),
    'pixel.png': ready,
    'cmyk.jpg': ready,
    'deep-grey.png': ready,
    'deep.png': ready,
    'palette.png': ready,
  });
  expect(grownBytes).toBeLessThan(mostGrownBytes);
});

test('several images of the most pixels take turns: together they need what one needs', { timeout: 90_000 }, async () => {
  const { 'most-pixels-progressive.jpg': largest = new Uint8Array(0) } = await hostileImages();
  const { grownBytes, outcomes } = await prepareApart(Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, largest])), 4);
  expect(outcomes).toEqual({ a: ready, b: ready, c: ready, d: ready });
  expect(grownBytes).toBeLessThan(mostGrownBytes);
});
