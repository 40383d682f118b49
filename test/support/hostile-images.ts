import { randomBytes } from 'node:crypto';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { goldenImage } from './golden-images.ts';

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const result = Buffer.alloc(body.length + 8);
  result.writeUInt32BE(data.length, 0);
  body.copy(result, 4);
  result.writeUInt32BE(crc32(body), body.length + 4);
  return result;
}

/** A PNG that says what it is told to say, grey of 8 bits, over these bytes of pixels. */
export function png(width: number, height: number, pixels: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A GIF of 1 × 1 pixel and so many frames. */
function gif(frameCount: number): Buffer {
  const head = Buffer.from('47494638396101000100800000000000ffffff', 'hex');
  const frame = Buffer.from('21f90400000000002c00000000010001000002024401\x00', 'hex');
  return Buffer.concat([head, ...Array.from({ length: frameCount }, () => frame), Buffer.from([0x3b])]);
}

/** A TIFF whose next directory is itself. */
function loopingTiff(): Buffer {
  const tiff = Buffer.alloc(8 + 2 + 12 + 4);
  tiff.write('II*\0', 'latin1');
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(1, 8);
  tiff.writeUInt16LE(256, 10);
  tiff.writeUInt16LE(4, 12);
  tiff.writeUInt32LE(1, 14);
  tiff.writeUInt32LE(100, 18);
  tiff.writeUInt32LE(8, 22);
  return tiff;
}

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="red"/></svg>';
const solid = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#4080c0' } });

/** Files by name: what strangers send, and what an image may be at its most. */
export async function hostileImages(): Promise<Record<string, Uint8Array>> {
  const large = goldenImage('large.jpg');
  return {
    'bomb.png': png(16_000, 16_000, new Uint8Array(16_001 * 16_000)),
    'most-pixels.png': png(7000, 7000, new Uint8Array(7001 * 7000)),
    'most-pixels-progressive.jpg': await solid(7000, 7000).jpeg({ progressive: true }).toBuffer(),
    'lying-small.png': png(100, 100, new Uint8Array(64 * 1024 * 1024)),
    'lying-large.png': png(7000, 7000, new Uint8Array(1000)),
    'nothing-wide.png': png(0, 100, new Uint8Array(100)),
    'absurd.png': png(2 ** 31 - 1, 2 ** 31 - 1, new Uint8Array(100)),
    'wide.png': await solid(65_000, 9).png().toBuffer(),
    'wide.jpg': await solid(65_000, 9).jpeg().toBuffer(),
    'too-wide.png': png(70_000, 3, new Uint8Array(70_001 * 3)),
    'tall.png': png(2, 65_000, new Uint8Array(3 * 65_000)),
    'truncated.jpg': large.slice(0, large.length / 2),
    'headless.jpg': large.slice(0, 20),
    'noise.jpg': Buffer.concat([large.subarray(0, 700), randomBytes(20_000)]),
    'drawing.svg': Buffer.from(svg),
    'declared.svg': Buffer.from(`<?xml version="1.0"?>\n${svg}`),
    'drawing.svgz': gzipSync(svg),
    'page.pdf': Buffer.from('%PDF-1.7\n1 0 obj <<>> endobj'),
    'frames.gif': gif(100_000),
    'no-frame.gif': gif(0),
    'loop.tif': loopingTiff(),
    'nothing.png': new Uint8Array(0),
    'noise.bin': randomBytes(10_000),
    'movie.heic': Buffer.concat([Buffer.from('\0\0\0\x18ftypheic', 'latin1'), randomBytes(100)]),
    'broken.avif': Buffer.concat([Buffer.from('\0\0\0\x18ftypavif', 'latin1'), randomBytes(1000)]),
    'broken.webp': Buffer.concat([goldenImage('lossy.webp').subarray(0, 60), randomBytes(100)]),
    'pixel.png': goldenImage('one-pixel.png'),
    'cmyk.jpg': goldenImage('cmyk.jpg'),
    'deep-grey.png': goldenImage('gray16.png'),
    'deep.png': goldenImage('rgb16.png'),
    'palette.png': goldenImage('palette-transparent.png'),
  };
}
