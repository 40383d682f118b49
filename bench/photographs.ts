import sharp from 'sharp';
import { seededRandom } from './random.ts';

const width = 1024;
const height = 768;

/** JPEGs of 1024 × 768 pixels with about the detail of a photograph: soft shapes, edges, and the grain of a sensor. */
export async function makePhotographs(count: number): Promise<Buffer[]> {
  return Promise.all(Array.from({ length: count }, (_, seed) => makePhotograph(seed)));
}

async function makePhotograph(seed: number): Promise<Buffer> {
  const random = seededRandom(seed + 1);
  const small = Buffer.from(Uint8Array.from({ length: 32 * 24 * 3 }, () => random() * 256));
  const soft = await sharp(small, { raw: { width: 32, height: 24, channels: 3 } })
    .resize(width, height)
    .raw()
    .toBuffer();
  for (let index = 0; index < soft.length; index += 1) soft[index] = Math.max(0, Math.min(255, (soft[index] ?? 0) + (random() - 0.5) * 24));
  return sharp(soft, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer();
}
