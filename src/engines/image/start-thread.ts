import { Worker } from 'node:worker_threads';
import type { PreprocessReply, ThreadData } from './preprocess-job.ts';

/** A thread that prepares one image at a time, and answers in the order in which it was given them. */
export interface PreprocessThread extends AsyncDisposable {
  run(job: { bytes: Uint8Array; index: number }): void;
}

export interface ThreadEvents {
  onReply(reply: PreprocessReply): void;
  /** It ended, although nobody asked it to. */
  onEnd(detail: string): void;
}

/** Starts a thread. It keeps the process alive while it works and no longer. */
export function startThread(data: ThreadData, { onReply, onEnd }: ThreadEvents, entry = threadEntry()): PreprocessThread {
  const worker = new Worker(entry, { workerData: data, env: {} });
  let isDisposed = false;
  let ahead = 0;
  let detail = 'without a word';
  worker.unref();
  worker.on('message', (reply: PreprocessReply) => {
    ahead -= 1;
    if (ahead === 0) worker.unref();
    if (!isDisposed) onReply(reply);
  });
  worker.on('error', (error: Error) => {
    detail = error.message;
  });
  worker.on('exit', () => {
    if (!isDisposed) onEnd(detail);
  });
  return {
    run({ bytes, index }) {
      // A view would take along all that it is a view of.
      const copy = new Uint8Array(bytes);
      ahead += 1;
      worker.ref();
      worker.postMessage({ bytes: copy, index }, [copy.buffer]);
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      await worker.terminate();
    },
  };
}

function threadEntry(): URL {
  // The bundle that build.ts makes has it beside every other file.
  return new URL(import.meta.url.endsWith('.ts') ? './preprocess-thread.ts' : './image-thread.js', import.meta.url);
}
