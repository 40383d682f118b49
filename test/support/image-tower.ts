import { readFileSync } from 'node:fs';
import { openSession } from '../../src/engines/onnx/session.ts';
import type { Precision } from '../../src/formats/checkpoint-facts.ts';
import { type ImageCheckpoint, towerNames } from '../../src/formats/image-checkpoint.ts';
import { readImageCheckpoint } from '../../src/formats/read-image-checkpoint.ts';
import { goldenTensor } from './golden.ts';

/** One image of a classifier's golden case. */
export interface GoldenImage {
  image: string | null;
  /** Name of a tensor of expected.safetensors; null where the values were left out for size. */
  pixel_values: string | null;
  /** The image's place in that tensor, where it holds several. */
  row?: number;
  logits?: number[];
  probabilities?: number[];
  top5_labels?: string[];
  features: number[];
}

/** `expected.json` of a golden case of images alone. */
export interface GoldenImages {
  num_classes: number;
  feature_dim: number;
  tolerance: { logits_atol: number; features_atol: number; probabilities_atol: number };
  items: GoldenImage[];
}

/** What the reference library gives, for the images that have pixel values. */
export function goldenImages(name: string): GoldenImages {
  const expected = JSON.parse(readFileSync(new URL(`../golden/${name}/expected.json`, import.meta.url), 'utf8')) as GoldenImages;
  return { ...expected, items: expected.items.filter(({ pixel_values: pixels }) => pixels !== null) };
}

/** Pixel values F32 [3, height, width] of one image. */
export function goldenPixels(name: string, { pixel_values: stored, row = 0 }: GoldenImage): Float32Array {
  const { data, shape } = goldenTensor(name, (stored ?? '').replace('expected.safetensors: ', ''));
  const size = shape.slice(-3).reduce((product, edge) => product * edge, 1);
  return data.subarray(row * size, (row + 1) * size);
}

/** An image tower that is open. */
export interface TestTower extends AsyncDisposable {
  readonly checkpoint: ImageCheckpoint;
  /** One row an image, from one forward pass. */
  run(images: readonly Float32Array[], output: 'features' | 'logits'): Promise<Float32Array[]>;
}

/** Opens the image tower of a checkpoint's folder, without anything that prepares images. */
export async function openTestTower(folder: string, { precision = 'F32' }: { precision?: Precision } = {}): Promise<TestTower> {
  const checkpoint = await readImageCheckpoint(folder, { precision });
  if (checkpoint === null) throw new Error(`${folder} holds no model of images.`);
  const { network, preprocessing } = checkpoint.image;
  if (!('graph' in network)) throw new Error(`${folder} has an ONNX file of its own.`);
  const session = await openSession(network.graph, { folder, file: network.weightsFile, threads: 1 });
  return {
    checkpoint,
    async run(images, output) {
      const size = 3 * preprocessing.height * preprocessing.width;
      const data = new Float32Array(images.length * size);
      for (const [row, pixels] of images.entries()) data.set(pixels, row * size);
      const shape = [images.length, 3, preprocessing.height, preprocessing.width];
      const result = await session.run({ [towerNames.pixels]: { type: 'float32', data, shape } }, output);
      const width = result.shape[1] ?? 0;
      return images.map((_, row) => (result.data as Float32Array).subarray(row * width, (row + 1) * width));
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
