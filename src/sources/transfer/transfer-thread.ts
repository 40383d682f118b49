import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { CanceledError, errorFromWire } from '../../errors.ts';
import type { FetchProgress } from '../source.ts';
import type { TransferEnd, TransferReply, TransferRequest, TransferThreadData } from './transfer-protocol.ts';
import type { TransferSettings, Transfers } from './transfers.ts';

export interface TransferThreadOptions extends TransferSettings {
  /** FETCH_ALLOW. */
  fetchAllow: readonly string[];
  log?: { debug(fields: object, message: string): void; isLevelEnabled(level: string): boolean };
}

interface Waiting {
  resolve(end: TransferEnd): void;
  reject(error: Error): void;
  onProgress(progress: FetchProgress): void;
  onNote(note: string): void;
}

type Work = Extract<TransferRequest, { type: 'fetch' | 'digest' }>;
/** A request whose number is not given yet. */
type Numbered<Request> = Request extends unknown ? Omit<Request, 'id'> : never;

/** An idle thread ends after so long, and gives its memory back. */
const idleMs = 10_000;
/**
 * What sockets give lies outside V8's heap, and dies with small objects of its young generation. In a small one it dies soon; in one of
 * the usual size V8 sees the memory outside grow and collects everything it has, some fifty times a gigabyte.
 */
const youngGenerationMegabytes = 2;

/** Beside this file from the sources, beside `main.js` in the bundle. */
const entries = ['./transfer-worker.ts', './transfer-worker.js'].map((name) => new URL(name, import.meta.url));

/** Fetches in a thread with a small heap of its own, so that the server's own is neither busy with bytes nor collected for them. */
export function createTransferThread({ fetchAllow, log, ...settings }: TransferThreadOptions): Transfers {
  const waiting = new Map<number, Waiting>();
  const opened = new Set<number>();
  let worker: Worker | null = null;
  let idleTimer: NodeJS.Timeout | undefined;
  let nextId = 1;

  function started(): Worker {
    clearTimeout(idleTimer);
    if (worker) return worker;
    const entry = entries.find((url) => existsSync(fileURLToPath(url)));
    if (entry === undefined) throw new Error('transfer-worker is missing beside the program');
    const data: TransferThreadData = { settings, fetchAllow, isVerbose: log?.isLevelEnabled('debug') ?? false };
    const resourceLimits = { maxYoungGenerationSizeMb: youngGenerationMegabytes };
    const thread = new Worker(entry, { workerData: data, resourceLimits, execArgv: [], stdin: false });
    thread.unref();
    thread.on('message', hear);
    const fail = (error: Error) => {
      if (worker !== thread) return;
      worker = null;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    thread.on('error', fail);
    thread.on('exit', (code) => fail(new Error(`the thread that fetches ended with ${code}`)));
    worker = thread;
    return thread;
  }

  function hear(reply: TransferReply): void {
    if (reply.type === 'log') return void log?.debug(reply.fields, reply.message);
    const request = waiting.get(reply.id);
    if (reply.type === 'progress') request?.onProgress(reply.progress);
    else if (reply.type === 'note') request?.onNote(reply.note);
    else request?.resolve(reply);
  }

  function takeId(): number {
    const id = nextId;
    nextId += 1;
    return id;
  }

  /** Ends when the thread says so, also after a cancellation: what came by then is on the disk. */
  async function ask(request: Numbered<Work>, on: Pick<Waiting, 'onProgress' | 'onNote'>, signal?: AbortSignal): Promise<TransferEnd> {
    if (signal?.aborted) throw new CanceledError({ what: 'Fetching' });
    const id = takeId();
    const { promise, resolve, reject } = Promise.withResolvers<TransferEnd>();
    const onAbort = () => worker?.postMessage({ type: 'cancel', id } satisfies TransferRequest);
    waiting.set(id, { resolve, reject, ...on });
    try {
      started().postMessage({ ...request, id } satisfies TransferRequest);
      signal?.addEventListener('abort', onAbort, { once: true });
      return await promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      waiting.delete(id);
      stopSoon();
    }
  }

  function stopSoon(): void {
    clearTimeout(idleTimer);
    if (waiting.size === 0 && opened.size === 0) idleTimer = setTimeout(() => void stop(), idleMs).unref();
  }

  async function stop(): Promise<void> {
    clearTimeout(idleTimer);
    const thread = worker;
    worker = null;
    await thread?.terminate();
    for (const { reject } of waiting.values()) reject(new CanceledError({ what: 'Fetching' }));
    waiting.clear();
  }

  return {
    open() {
      const id = takeId();
      opened.add(id);
      return {
        id,
        [Symbol.dispose]() {
          if (!opened.delete(id)) return;
          worker?.postMessage({ type: 'close', transferId: id } satisfies TransferRequest);
          stopSoon();
        },
      };
    },
    async fetch(source, target, { transfer, journalPath, onProgress = () => {}, onNote = () => {}, signal } = {}) {
      const request = { type: 'fetch', source, target, transferId: transfer?.id ?? null, journalPath } as const;
      const end = await ask(request, { onProgress, onNote }, signal);
      if (end.type === 'fetched') return end.file;
      throw failureOf(end);
    },
    async digest(path, sizeBytes, signal) {
      const end = await ask({ type: 'digest', path, sizeBytes }, { onProgress() {}, onNote() {} }, signal);
      if (end.type === 'digested') return end.sha256;
      throw failureOf(end);
    },
    [Symbol.asyncDispose]: stop,
  };
}

function failureOf(end: TransferEnd): Error {
  if (end.type === 'failed') return errorFromWire(end.error);
  return new Error(end.type === 'broken' ? end.stack : `the thread that fetches answered ${end.type}`);
}
