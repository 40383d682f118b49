import { readFileSync } from 'node:fs';
import { cleanClipText } from '../../src/engines/clip-text.ts';
import { openSession } from '../../src/engines/onnx/session.ts';
import { openTokenizer } from '../../src/engines/tokenizer.ts';
import type { Precision } from '../../src/formats/checkpoint-facts.ts';
import { type ImageCheckpoint, type TextTower, towerNames } from '../../src/formats/image-checkpoint.ts';
import { readImageCheckpoint } from '../../src/formats/read-image-checkpoint.ts';
import { goldenFolder, goldenTensor } from './golden.ts';

/** A text of a CLIP case. */
export interface GoldenClipText {
  text: string;
  input_ids: number[];
  /** Where tokenizer.json alone gives other ids than the reference's own tokenizer; the features are for `input_ids`. */
  input_ids_from_tokenizer_json?: number[];
  /** What transformers' Python tokenizer gives where it differs. */
  input_ids_slow_tokenizer?: number[];
  text_features: number[];
}

/** `expected.json` of a CLIP case. */
export interface GoldenClip {
  logit_scale: number;
  logit_bias?: number;
  tolerance: { features_atol: number; normalized_features_atol?: number; embeds_atol?: number };
  texts: GoldenClipText[];
  image_items: { image: string; pixel_values: string | null; image_features: number[] }[];
}

export function goldenClip(name: string): GoldenClip {
  return JSON.parse(readFileSync(new URL(`../golden/${name}/expected.json`, import.meta.url), 'utf8')) as GoldenClip;
}

/** The given pixels of an image of a case, F32 [3, height, width]; null where they were left out for size. */
export function goldenPixels(name: string, { pixel_values: pixels }: { pixel_values: string | null }): Float32Array | null {
  return pixels === null ? null : goldenTensor(name, pixels.replace('expected.safetensors: ', '')).data;
}

/** A checkpoint's towers, opened. */
export interface OpenTowers extends AsyncDisposable {
  readonly checkpoint: ImageCheckpoint;
  /** Features of images F32 [3, height, width], in one batch. */
  embedImages(images: readonly Float32Array[]): Promise<Float32Array[]>;
  /** Features of texts given as ids, in one batch, padded as the tower wants it. */
  embedIds(texts: readonly (readonly number[])[]): Promise<Float32Array[]>;
  /** Ids of texts, cleaned and cut as the tower wants it. */
  idsOf(texts: readonly string[]): Promise<number[][]>;
}

/** Opens the towers of a checkpoint that embeds images and texts. */
export async function openTowers(folder: string, precision: Precision = 'F32'): Promise<OpenTowers> {
  const checkpoint = await readImageCheckpoint(folder, { precision });
  if (!checkpoint?.text) throw new Error(`${folder} holds no model of images and texts.`);
  const { image, text } = checkpoint;
  if (!('graph' in image.network)) throw new Error(`${folder} has an ONNX file of its own.`);
  const options = { folder, threads: 1 };
  await using opened = new AsyncDisposableStack();
  const imageSession = opened.use(await openSession(image.network.graph, { ...options, file: image.network.weightsFile }));
  const textSession = opened.use(await openSession(text.network.graph, { ...options, file: text.network.weightsFile }));
  const sessions = opened.move();
  const { height, width } = image.preprocessing;
  return {
    checkpoint,
    async embedImages(images) {
      const data = new Float32Array(images.length * 3 * height * width);
      for (const [index, pixels] of images.entries()) data.set(pixels, index * 3 * height * width);
      const pixels = { type: 'float32', data, shape: [images.length, 3, height, width] } as const;
      return rowsOf(await imageSession.run({ [towerNames.pixels]: pixels }, towerNames.features));
    },
    async embedIds(texts) {
      return rowsOf(await textSession.run(feedsOf(texts, text), towerNames.features));
    },
    async idsOf(texts) {
      const tokenizer = await openTokenizer(text.tokenizer, { maxTokens: text.contextLength });
      const encoded = await tokenizer.encode(texts.map((each) => cleanClipText(each, text.cleaning)));
      return encoded.map(({ ids }) => [...ids]);
    },
    [Symbol.asyncDispose]: () => sessions.disposeAsync(),
  };
}

export function openGoldenTowers(name: string, precision: Precision = 'F32'): Promise<OpenTowers> {
  return openTowers(goldenFolder(name), precision);
}

/** The vector divided by its length. */
export function unit(vector: ArrayLike<number>): number[] {
  const values = Array.from(vector);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

function feedsOf(texts: readonly (readonly number[])[], { padding, contextLength, padId }: TextTower) {
  const columns = padding === 'CONTEXT' ? contextLength : Math.max(...texts.map(({ length }) => length));
  const ids = new Int32Array(texts.length * columns).fill(padId);
  const mask = new Int32Array(texts.length * columns);
  for (const [row, text] of texts.entries()) {
    ids.set(text, row * columns);
    mask.fill(1, row * columns, row * columns + text.length);
  }
  const tensor = (data: Int32Array) => ({ type: 'int32' as const, data, shape: [texts.length, columns] });
  return { [towerNames.ids]: tensor(ids), ...(padding === 'LONGEST' ? { [towerNames.mask]: tensor(mask) } : {}) };
}

function rowsOf({ data, shape }: { data: unknown; shape: readonly number[] }): Float32Array[] {
  const [count = 0, width = 0] = shape;
  return Array.from({ length: count }, (_, row) => (data as Float32Array).slice(row * width, (row + 1) * width));
}
