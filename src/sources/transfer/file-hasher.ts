import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { CanceledError } from '../../errors.ts';
import type { FileDigests, FilePart, HashReply, HashRequest } from './hash-protocol.ts';

/** Hashes files in a thread of its own, so that the server's own thread stays free. */
export interface FileHasher extends AsyncDisposable {
  /** Hashes a file behind its download. With `gitSizeBytes` git's id of it, too. */
  follow(path: string, options: { gitSizeBytes: number | null }): FollowedFile;
  /** Whether parts of a file have their CRC-32s, in order. Throws CANCELED. */
  check(path: string, parts: readonly FilePart[], signal?: AbortSignal): Promise<boolean[]>;
  /** Digests of a file that is whole. Throws CANCELED. */
  digest(path: string, options: { sizeBytes: number; withGitSha1: boolean; signal?: AbortSignal | undefined }): Promise<FileDigests>;
}

/** A file that is hashed as it grows. Dispose of it in any case. */
export interface FollowedFile extends Disposable {
  /** The first so many bytes are on the disk, or in its cache, and stay as they are. */
  advance(toByte: number): void;
  /** The digests, once the rest is read. Throws CANCELED. */
  finish(sizeBytes: number, signal?: AbortSignal): Promise<FileDigests>;
}

interface Waiting {
  resolve(reply: HashReply): void;
  reject(error: Error): void;
}

/** An idle thread ends after so long, and gives its memory back. */
const idleMs = 10_000;

/** Beside this file from the sources, beside `main.js` in the bundle. */
const entries = ['./hash-worker.ts', './hash-worker.js'].map((name) => new URL(name, import.meta.url));

export function createFileHasher(): FileHasher {
  const waiting = new Map<number, Waiting>();
  const open = new Set<number>();
  let worker: Worker | null = null;
  let ending: Promise<unknown> = Promise.resolve();
  let idleTimer: NodeJS.Timeout | undefined;
  let nextId = 1;

  function started(): Worker {
    clearTimeout(idleTimer);
    if (worker) return worker;
    const entry = entries.find((url) => existsSync(fileURLToPath(url)));
    if (entry === undefined) throw new Error('hash-worker is missing beside the program');
    const thread = new Worker(entry, { env: {}, execArgv: [], stdin: false });
    thread.unref();
    thread.on('message', (reply: HashReply) => settle(reply));
    const fail = (error: Error) => {
      if (worker === thread) worker = null;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    thread.on('error', fail);
    thread.on('exit', (code) => fail(new Error(`the thread that hashes ended with ${code}`)));
    worker = thread;
    return thread;
  }

  function settle(reply: HashReply): void {
    const request = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.type === 'failed') request?.reject(new Error(`A file could not be read back: ${reply.message}`));
    else request?.resolve(reply);
  }

  function send(request: HashRequest): void {
    started().postMessage(request);
  }

  function close(id: number): void {
    if (!open.delete(id)) return;
    waiting.delete(id);
    worker?.postMessage({ type: 'drop', id } satisfies HashRequest);
    if (open.size === 0) idleTimer = setTimeout(() => void stop(), idleMs).unref();
  }

  async function stop(): Promise<void> {
    const thread = worker;
    worker = null;
    ending = thread?.terminate() ?? ending;
    await ending;
  }

  async function answerTo(id: number, signal: AbortSignal | undefined): Promise<HashReply> {
    const { promise, resolve, reject } = Promise.withResolvers<HashReply>();
    const onAbort = () => reject(new CanceledError({ what: 'Checking the file' }));
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    waiting.set(id, { resolve, reject });
    try {
      return await promise;
    } finally {
      waiting.delete(id);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  function begin(): number {
    const id = nextId;
    nextId += 1;
    open.add(id);
    return id;
  }

  function follow(path: string, { gitSizeBytes }: { gitSizeBytes: number | null }): FollowedFile {
    const id = begin();
    let failure: Error | null = null;
    send({ type: 'follow', id, path, gitSizeBytes });
    // A file that cannot be read fails at its end, not in the middle of nowhere.
    waiting.set(id, {
      resolve() {},
      reject(error) {
        failure = error;
      },
    });
    return {
      advance: (toByte) => send({ type: 'advance', id, toByte }),
      async finish(sizeBytes, signal) {
        if (failure) throw failure;
        const answer = answerTo(id, signal);
        send({ type: 'finish', id, sizeBytes });
        const reply = await answer;
        if (reply.type !== 'digests') throw new Error(`the thread that hashes answered ${reply.type}`);
        return reply.digests;
      },
      [Symbol.dispose]: () => close(id),
    };
  }

  return {
    follow,
    async check(path, parts, signal) {
      const id = begin();
      try {
        const answer = answerTo(id, signal);
        send({ type: 'check', id, path, parts });
        const reply = await answer;
        return reply.type === 'checked' ? reply.isGood : [];
      } finally {
        close(id);
      }
    },
    async digest(path, { sizeBytes, withGitSha1, signal }) {
      using file = follow(path, { gitSizeBytes: withGitSha1 ? sizeBytes : null });
      return await file.finish(sizeBytes, signal);
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(idleTimer);
      await stop();
    },
  };
}
