import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { CreateRequest } from 'ollama';
import { CanceledError, UpstreamFailedError } from '../errors.ts';
import { withoutSecrets } from '../net/fetch-url.ts';
import type { OllamaBlob, OllamaModel } from './ollama-model.ts';

export interface PushOptions {
  /** Where the Ollama server is; a path before `/api` counts. */
  url: string;
  model: OllamaModel;
  signal: AbortSignal;
  /** Told as blobs arrive there; one that it has already counts at once. */
  onProgress(progress: { doneBytes: number; totalBytes: number }): void;
}

/** What the client's type lacks and the server takes. */
type CreateFromFiles = CreateRequest & { stream: true; files: Record<string, string> };

/**
 * Makes a model on a real Ollama server: its files as blobs, which are sent once, then the model of them. Doing it again gives the same.
 * Throws UPSTREAM_FAILED with the server's words, CANCELED.
 */
export async function pushToOllama({ url, model, signal, onProgress }: PushOptions): Promise<void> {
  const base = url.replace(/\/+$/, '');
  try {
    const blobs = [...model.files, ...model.adapters];
    const totalBytes = blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    let doneBytes = 0;
    for (const blob of blobs) {
      await sendBlob(base, blob, signal, (count) => onProgress({ doneBytes: doneBytes + count, totalBytes }));
      doneBytes += blob.sizeBytes;
      onProgress({ doneBytes, totalBytes });
    }
    // Most servers have no Ollama beside them.
    const { Ollama } = await import('ollama');
    const client = new Ollama({ host: base, fetch: (input, init) => boundedFetch(input, { ...init, signal: bothSignals(signal, init) }) });
    const request: CreateFromFiles = { ...model.fields, model: model.name, stream: true, files: digests(model.files) };
    if (model.adapters.length > 0) request.adapters = digests(model.adapters);
    let status = '';
    for await (const line of await client.create(request)) status = line.status;
    if (status !== 'success') throw new Error('the answer ended before it said success');
  } catch (error) {
    if (signal.aborted) throw new CanceledError({ what: 'The push to Ollama' });
    throw failure(base, error);
  }
}

function digests(blobs: readonly OllamaBlob[]): Record<string, string> {
  return Object.fromEntries(blobs.map(({ name, sha256 }) => [name, `sha256:${sha256}`]));
}

async function sendBlob(base: string, { file, sha256, sizeBytes }: OllamaBlob, signal: AbortSignal, onBytes: (count: number) => void) {
  const address = `${base}/api/blobs/sha256:${sha256}`;
  const present = await fetch(address, { method: 'HEAD', signal });
  if (present.ok) return;
  if (present.status !== 404) throw new RefusedError(present.status, `it answered ${present.status} to the question for a file`);
  const source = createReadStream(file, { highWaterMark: 1024 ** 2 });
  source.on('data', () => onBytes(Math.min(source.bytesRead, sizeBytes)));
  source.pause();
  try {
    const body = Readable.toWeb(source) as ReadableStream<Uint8Array>;
    const response = await boundedFetch(address, { method: 'POST', body, signal, duplex: 'half' } as RequestInit);
    if (response.ok) return void (await response.body?.cancel());
    const { error } = (await response.json()) as { error: string };
    throw new RefusedError(response.status, error);
  } finally {
    source.destroy();
  }
}

/** It answered, and not well. */
class RefusedError extends Error {
  readonly status: number;
  constructor(status: number, words: string) {
    super(words);
    this.status = status;
  }
}

const longestWords = 1000;

/** What is no good answer has its words in JSON, as the client expects them, and not too many. */
async function boundedFetch(input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (response.ok) return response;
  const text = await response.text();
  const error = (wordsOf(text) || `it answered ${response.status} ${response.statusText}`).slice(0, longestWords);
  return new Response(JSON.stringify({ error }), { status: response.status, headers: { 'content-type': 'application/json' } });
}

function wordsOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === 'string' ? error : text;
  } catch {
    return text;
  }
}

function bothSignals(signal: AbortSignal, init: RequestInit | undefined): AbortSignal {
  return init?.signal ? AbortSignal.any([signal, init.signal]) : signal;
}

function failure(url: string, error: unknown): UpstreamFailedError {
  const { message, cause, status_code: answered, status } = error as Error & { cause?: Error; status_code?: number; status?: number };
  // Fetch itself says no more than that it failed.
  const words = cause instanceof Error ? `${message}: ${cause.message || (cause as NodeJS.ErrnoException).code}` : message;
  return new UpstreamFailedError({
    url: withoutSecrets(url),
    status: answered ?? status ?? null,
    message: `The Ollama server at ${withoutSecrets(url)} did not take the model: ${words.slice(0, longestWords)}.`,
    cause: error,
  });
}
