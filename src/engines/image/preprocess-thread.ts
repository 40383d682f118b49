/** A thread that prepares images, one at a time, in the order in which they come. */
import { parentPort, workerData } from 'node:worker_threads';
import { errorToWire, InvalidImageError } from '../../errors.ts';
import { createLargeImageLock } from './large-image-lock.ts';
import { UndecodableImage } from './opened-image.ts';
import { prepareImage } from './prepare-image.ts';
import type { PreprocessJob, PreprocessReply, ThreadData } from './preprocess-job.ts';

const { lockMemory, ...options } = workerData as ThreadData;
const lock = createLargeImageLock(lockMemory);

async function run({ bytes, index }: PreprocessJob): Promise<PreprocessReply> {
  try {
    const { pixels, width, height } = await prepareImage(bytes, { ...options, lock });
    return { type: 'prepared', pixels: pixels as Float32Array<ArrayBuffer>, width, height };
  } catch (cause) {
    if (cause instanceof UndecodableImage) {
      return { type: 'refused', error: errorToWire(new InvalidImageError({ index, reason: cause.message }), '') };
    }
    return { type: 'failed', cause: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) };
  }
}

/** Jobs come ahead of time; one is begun when the one before is done. */
let done = Promise.resolve();

parentPort?.on('message', (job: PreprocessJob) => {
  done = done.then(async () => {
    const reply = await run(job);
    parentPort?.postMessage(reply, reply.type === 'prepared' ? [reply.pixels.buffer] : []);
  });
});
