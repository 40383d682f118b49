import { InvalidModelFileError } from '../../errors.ts';
import { type ImageTower, towerNames } from '../../formats/image-checkpoint.ts';
import type { BatchTiming, PreparedImage } from '../engine.ts';
import { openImageOnnxFile } from './image-onnx-file.ts';
import { readRows, timed, timedRun } from './run-batch.ts';
import { type OnnxSession, openSession, type TensorData } from './session.ts';

/** The image tower of a model, ready to run. */
export interface OpenedImageTower extends AsyncDisposable {
  /** One forward pass over images that are all for the same output: one row an image, in order. */
  run(batch: readonly PreparedImage[], timing: BatchTiming): Promise<Float32Array[]>;
}

/** Opens an image tower. Throws `INVALID_MODEL_FILE` when the runtime refuses it. */
export async function openImageTower(
  tower: ImageTower,
  { folder, threads, labelCount }: { folder: string; threads: number; labelCount: number },
): Promise<OpenedImageTower> {
  const { width, height } = tower.preprocessing;
  const { session, file, names } = await openNetwork(tower.network, { folder, threads });
  const size = 3 * width * height;

  function stack(batch: readonly PreparedImage[]): Float32Array {
    const pixels = new Float32Array(batch.length * size);
    for (const [row, image] of batch.entries()) pixels.set(image.pixels, row * size);
    return pixels;
  }

  return {
    async run(batch, timing) {
      const [first] = batch;
      if (!first) return [];
      const data = timed(timing, 'inputNs', () => stack(batch));
      const isLogits = first.output === 'LOGITS';
      const rowWidth = isLogits ? labelCount : tower.dimensions;
      if (rowWidth === null) throw new InvalidModelFileError({ file, message: 'The model gives no features of an image.' });
      const pixels = { type: 'float32' as const, data, shape: [batch.length, 3, height, width] };
      const output = await timedRun(timing, () => session.run({ [names.pixels]: pixels }, isLogits ? names.logits : names.features));
      return timed(timing, 'outputNs', () => readRows(firstTokens(output), batch.length, rowWidth));
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

interface OpenedNetwork {
  readonly session: OnnxSession;
  /** For messages. */
  readonly file: string;
  readonly names: { readonly pixels: string; readonly features: string; readonly logits: string };
}

async function openNetwork(network: ImageTower['network'], options: { folder: string; threads: number }): Promise<OpenedNetwork> {
  if (!('onnxFile' in network)) {
    const file = network.weightsFile;
    return { session: await openSession(network.graph, { ...options, file }), file, names: towerNames };
  }
  const { session, pixels, features, logits } = await openImageOnnxFile(network, options);
  return { session, file: network.onnxFile, names: { pixels, features: features?.name ?? '', logits: logits?.name ?? '' } };
}

/** One row an image: where an ONNX file gives all tokens F32 [batch, tokens, width], the first one of each. */
function firstTokens({ data, shape }: TensorData): Float32Array {
  const values = data as Float32Array;
  const [batch = 0, tokens = 1, width] = shape;
  if (width === undefined) return values;
  const rows = new Float32Array(batch * width);
  for (let row = 0; row < batch; row += 1) rows.set(values.subarray(row * tokens * width, row * tokens * width + width), row * width);
  return rows;
}
