import { InvalidModelFileError } from '../../errors.ts';
import { type ImageTower, towerNames } from '../../formats/image-checkpoint.ts';
import type { BatchTiming, PreparedImage } from '../engine.ts';
import { readRows, timed, timedRun } from './run-batch.ts';
import { openSession } from './session.ts';

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
  const { graph, weightsFile } = tower.network;
  const { width, height } = tower.preprocessing;
  const session = await openSession(graph, { folder, file: weightsFile, threads });
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
      if (rowWidth === null) throw new InvalidModelFileError({ file: weightsFile, message: 'The model gives no features of an image.' });
      const pixels = { type: 'float32' as const, data, shape: [batch.length, 3, height, width] };
      const output = await timedRun(timing, () =>
        session.run({ [towerNames.pixels]: pixels }, isLogits ? towerNames.logits : towerNames.features),
      );
      return timed(timing, 'outputNs', () => readRows(output.data as Float32Array, batch.length, rowWidth));
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
