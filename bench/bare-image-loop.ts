import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import type { Precision } from '../src/formats/checkpoint-facts.ts';
import { towerNames } from '../src/formats/image-checkpoint.ts';
import { readImageCheckpoint } from '../src/formats/read-image-checkpoint.ts';
import { lowerPriority } from './priority.ts';

/**
 * The least that embeds an image: sharp decodes and resizes, our own graph runs, one process, no server, ONNX Runtime's default
 * settings. A message is `{images, together}`, images as base64; the answer comes when all have their vectors. Arguments: the
 * checkpoint, the precision, threads.
 */
const [folder = '', precision = 'F32', threads = '1'] = process.argv.slice(2);

lowerPriority();
const checkpoint = await readImageCheckpoint(folder, { precision: precision as Precision });
if (!checkpoint) throw new Error('The checkpoint has no image tower.');
const { network, preprocessing } = checkpoint.image;
if (!('graph' in network)) throw new Error('The checkpoint has an ONNX file of its own.');
const { width, height, mean, std } = preprocessing;
const session = await InferenceSession.create(network.graph, {
  intraOpNumThreads: Number(threads),
  logSeverityLevel: 4,
  extra: { session: { model_external_initializers_file_folder_path: folder } },
});

async function prepare(image: string): Promise<Float32Array> {
  const bytes = await sharp(Buffer.from(image, 'base64')).resize(width, height, { kernel: 'cubic' }).removeAlpha().raw().toBuffer();
  const plane = width * height;
  const pixels = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel += 1) {
    const [offset, scale] = [mean[channel] ?? 0, 1 / (255 * (std[channel] ?? 1))];
    for (let place = 0; place < plane; place += 1)
      pixels[channel * plane + place] = (bytes[place * 3 + channel] ?? 0) * scale - offset / (std[channel] ?? 1);
  }
  return pixels;
}

async function run(pixels: Float32Array[]): Promise<void> {
  const all = new Float32Array(pixels.length * 3 * width * height);
  for (const [row, values] of pixels.entries()) all.set(values, row * values.length);
  await session.run({ [towerNames.pixels]: new Tensor('float32', all, [pixels.length, 3, height, width]) }, [towerNames.features]);
}

process.on('message', async ({ images, together }: { images: string[]; together: boolean }) => {
  if (together) await run(await Promise.all(images.map(prepare)));
  else for (const image of images) await run([await prepare(image)]);
  process.send?.('done');
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
