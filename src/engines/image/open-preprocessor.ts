import { CanceledError, errorFromWire, type ModelkeepError, RunnerCrashedError } from '../../errors.ts';
import { defaultImageLimits, type ImagePreprocessor, type PreparedPixels, type PreprocessorOptions } from './image-preprocessor.ts';
import { createLockMemory, freeLock } from './large-image-lock.ts';
import type { PreprocessReply, ThreadData } from './preprocess-job.ts';
import { type PreprocessThread, startThread } from './start-thread.ts';

/** However many cores there are: each holds an image in memory, and they prepare far more than a model takes. */
const mostThreads = 4;
/** Images that a thread has ahead of it: it goes on with them while inference keeps the main thread from handing out more. */
const mostAhead = 16;
/** What they may have encoded, for they are copied; one alone may have more. */
const mostAheadBytes = 32 * 1024 * 1024;

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
  /** What no thread has yet. */
  let queue: Waiting[] = [];
  /** What each thread has, in its order. */
  const threads = new Map<PreprocessThread, Waiting[]>();
  let isDisposed = false;

  function next(): void {
    while (queue.length > 0 && !isDisposed) {
      const [thread, its] = leastBusy();
      const [waiting] = queue;
      if (!waiting || !hasRoom(its, waiting)) return;
      queue.shift();
      its.push(waiting);
      thread.run(waiting);
    }
  }

  function leastBusy(): [PreprocessThread, Waiting[]] {
    const [first] = [...threads].toSorted(([, one], [, other]) => one.length - other.length);
    return first && (first[1].length === 0 || threads.size >= size) ? first : begin();
  }

  function begin(): [PreprocessThread, Waiting[]] {
    const its: Waiting[] = [];
    const thread = start(data, {
      onReply(reply) {
        const waiting = its.shift();
        if (waiting) answer(waiting, reply);
        next();
      },
      onEnd(detail) {
        threads.delete(thread);
        // It may have held it.
        freeLock(data.lockMemory);
        const [lost, ...others] = its;
        lost?.settle(new RunnerCrashedError({ model: 'this model', detail: `the thread that prepares images ended: ${detail}` }));
        queue.unshift(...others);
        next();
      },
    });
    threads.set(thread, its);
    return [thread, its];
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
      const left = [...queue, ...[...threads.values()].flat()];
      queue = [];
      await Promise.all([...threads.keys()].map((thread) => thread[Symbol.asyncDispose]()));
      for (const { fail } of left) fail(new CanceledError({ what: 'The request' }));
    },
  };
}

function hasRoom(its: readonly Waiting[], { bytes }: Waiting): boolean {
  const aheadBytes = its.reduce((sum, waiting) => sum + waiting.bytes.length, 0);
  return its.length === 0 || (its.length < mostAhead && aheadBytes + bytes.length <= mostAheadBytes);
}

function answer({ settle, fail }: Waiting, reply: PreprocessReply): void {
  if (reply.type === 'prepared') settle({ pixels: reply.pixels, width: reply.width, height: reply.height });
  else if (reply.type === 'refused') settle(errorFromWire(reply.error));
  else fail(new Error(`An image could not be prepared: ${reply.cause}`));
}
