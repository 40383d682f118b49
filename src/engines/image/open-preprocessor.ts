import { CanceledError, errorFromWire, type ModelkeepError, RunnerCrashedError } from '../../errors.ts';
import { defaultImageLimits, type ImagePreprocessor, type PreparedPixels, type PreprocessorOptions } from './image-preprocessor.ts';
import { createLockMemory } from './large-image-lock.ts';
import type { PreprocessReply, ThreadData } from './preprocess-job.ts';
import { type PreprocessThread, startThread } from './start-thread.ts';

/** However many cores there are: each holds an image in memory, and they prepare far more than a model takes. */
const mostThreads = 4;

interface Waiting {
  readonly bytes: Uint8Array;
  readonly index: number;
  settle(outcome: PreparedPixels | ModelkeepError): void;
  fail(error: Error): void;
}

/**
 * Starts what prepares images; its threads start with the first images and end with it.
 *
 * @param start what starts a thread; tests give one that dies.
 */
export async function openPreprocessor(options: PreprocessorOptions, start = startThread): Promise<ImagePreprocessor> {
  const { preprocessing, fast = false, limits } = options;
  const data: ThreadData = { preprocessing, fast, limits: { ...defaultImageLimits, ...limits }, lockMemory: createLockMemory() };
  const size = Math.max(1, Math.min(options.threads, mostThreads));
  let queue: Waiting[] = [];
  const idle: PreprocessThread[] = [];
  const threads = new Map<PreprocessThread, Waiting | null>();
  let isDisposed = false;

  function next(): void {
    while (queue.length > 0 && !isDisposed) {
      const thread = idle.pop() ?? (threads.size < size ? begin() : null);
      if (!thread) return;
      const waiting = queue.shift();
      if (!waiting) return;
      threads.set(thread, waiting);
      thread.run(waiting);
    }
  }

  function begin(): PreprocessThread {
    const thread = start(data, {
      onReply(reply) {
        const waiting = threads.get(thread);
        threads.set(thread, null);
        idle.push(thread);
        if (waiting) answer(waiting, reply);
        next();
      },
      onEnd(detail) {
        const waiting = threads.get(thread);
        threads.delete(thread);
        const place = idle.indexOf(thread);
        if (place >= 0) idle.splice(place, 1);
        // It may have held it.
        if (waiting) data.lockMemory.fill(0);
        waiting?.settle(new RunnerCrashedError({ model: 'this model', detail: `the thread that prepares images ended: ${detail}` }));
        next();
      },
    });
    threads.set(thread, null);
    return thread;
  }

  return {
    async prepare(images, { firstIndex, signal }) {
      if (isDisposed || signal?.aborted) throw new CanceledError({ what: 'The request' });
      const { promise: canceled, reject: cancel } = Promise.withResolvers<never>();
      const mine = new Set<Waiting>();
      const pending = images.map((bytes, position) => {
        const { promise, resolve, reject } = Promise.withResolvers<PreparedPixels | ModelkeepError>();
        mine.add({ bytes, index: firstIndex + position, settle: resolve, fail: reject });
        return promise;
      });
      const leave = () => {
        queue = queue.filter((waiting) => !mine.has(waiting));
        cancel(new CanceledError({ what: 'The request' }));
      };
      signal?.addEventListener('abort', leave, { once: true });
      queue.push(...mine);
      next();
      try {
        return await Promise.race([Promise.all(pending), canceled]);
      } finally {
        signal?.removeEventListener('abort', leave);
      }
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      const left = [...queue, ...[...threads.values()].flatMap((waiting) => waiting ?? [])];
      queue = [];
      await Promise.all([...threads.keys()].map((thread) => thread[Symbol.asyncDispose]()));
      for (const { fail } of left) fail(new CanceledError({ what: 'The request' }));
    },
  };
}

function answer({ settle, fail }: Waiting, reply: PreprocessReply): void {
  if (reply.type === 'prepared') settle({ pixels: reply.pixels, width: reply.width, height: reply.height });
  else if (reply.type === 'refused') settle(errorFromWire(reply.error));
  else fail(new Error(`An image could not be prepared: ${reply.cause}`));
}
