import { ChecksumMismatchError, TimeoutError, UpstreamFailedError } from '../../errors.ts';
import { contentRange } from '../hub-expectation.ts';
import { RetryableError, type RetryTiming, withRetries } from '../retry.ts';
import { chunkBytes, type Span } from './chunk-map.ts';
import type { ChunkedFile } from './chunked-file.ts';
import { type FileAnswer, type SourceFile, StartAnew } from './source-file.ts';
import type { TransferShare } from './transfer-limits.ts';

export interface FetchSpansOptions {
  source: SourceFile;
  file: ChunkedFile;
  sizeBytes: number;
  /** Most connections for this file. */
  connections: number;
  share: TransferShare;
  timing: RetryTiming;
  /** An answer that is there already, to a question for the first bytes. */
  first: FileAnswer | null;
  signal: AbortSignal | undefined;
}

/** The most that one request asks for: enough that asking costs nothing, little enough that the file's front keeps up. */
export const mostSpanBytes = 4 * chunkBytes;
/** Gathered before it is written. */
const writeBytes = 512 * 1024;
/** What has come is written after so long, also where little comes. */
const writeAfterMs = 100;
/** A connection is worth more tries for each so many bytes that it gained. */
const advanceBytes = 16_384;

/**
 * Fetches what is missing of a file over several connections; the second one opens when the first has shown that the server
 * gives ranges. One that fails for good is done without while another goes on. Throws what the last one failed with.
 */
export async function fetchSpans(options: FetchSpansOptions): Promise<void> {
  const { source, file, sizeBytes, share, timing } = options;
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const running = new Set<Promise<void>>();
  let first = options.first;
  let failure: unknown = null;
  let mayOpenMore = options.connections > 1;

  function open(): void {
    const work = connection()
      .catch((error: unknown) => {
        if (running.size > 1 && mayBeDoneWithout(error)) return;
        failure ??= error;
        stop.abort();
      })
      .finally(() => running.delete(work));
    running.add(work);
  }

  function openMore(): void {
    if (!mayOpenMore) return;
    mayOpenMore = false;
    const wanted = Math.min(options.connections - 1, Math.ceil(file.map.unclaimedBytes() / chunkBytes));
    for (let count = 0; count < wanted; count += 1) open();
  }

  async function connection(): Promise<void> {
    let gainedBytes = 0;
    let countedBytes = 0;
    const hasAdvanced = () => {
      if (gainedBytes < countedBytes + advanceBytes) return false;
      countedBytes = gainedBytes;
      return true;
    };
    const gain = (bytes: number) => {
      gainedBytes += bytes;
    };
    for (;;) {
      const isDone = await withRetries(() => fetchNext(gain), { timing, signal, hasAdvanced });
      if (isDone) return;
    }
  }

  /** Fetches the next missing span; true when there is none. */
  async function fetchNext(gain: (bytes: number) => void): Promise<boolean> {
    using _slot = await share.connect(signal);
    const span = file.map.claim(spanBytes());
    if (span === null) return true;
    try {
      // Small files are asked for as everybody does, so that any server has them.
      const isWhole = span.position === 0 && span.endByte === sizeBytes;
      const answer = first ?? (await source.ask(isWhole ? null : { startByte: span.position, endByte: span.endByte }, signal));
      first = null;
      await using response = answer.response;
      await identify(answer);
      if (response.status === 206) {
        requireRange(answer, span);
        openMore();
        await receive(answer, span, gain);
      } else if (isWhole) await receive(answer, span, gain);
      else await receiveWhole(answer, span, gain);
      return false;
    } finally {
      file.map.release(span);
    }
  }

  /** The server gives nothing but the whole file: this connection goes through all of it, alone. */
  async function receiveWhole(answer: FileAnswer, span: Span, gain: (bytes: number) => void): Promise<void> {
    if (running.size > 1) throw new RetryableError(failed(answer, 'sent the whole file where a part was asked for.'), 0);
    mayOpenMore = false;
    file.map.release(span);
    const whole = file.map.claimAll();
    try {
      await receive(answer, whole, gain);
    } finally {
      file.map.release(whole);
    }
  }

  async function receive(answer: FileAnswer, span: Span, gain: (bytes: number) => void): Promise<void> {
    // Copied into buffers that serve again, so that what the socket gave is garbage at once: kept until it is written, it would
    // outlive the young generation, and freeing it then took most of the time.
    const buffers = [Buffer.allocUnsafeSlow(writeBytes), Buffer.allocUnsafeSlow(writeBytes)] as const;
    let current: 0 | 1 = 0;
    let filledBytes = 0;
    let writing: Promise<unknown> = Promise.resolve();
    /** Resolves when the current buffer is no longer being written. */
    let isFree: Promise<unknown> = writing;
    let timer: NodeJS.Timeout | undefined;
    let arrivedAt = span.position;
    const flush = () => {
      clearTimeout(timer);
      timer = undefined;
      const full = buffers[current].subarray(0, filledBytes);
      current = current === 0 ? 1 : 0;
      filledBytes = 0;
      isFree = writing;
      writing = writing.then(() => file.write(span, [full])).then(gain);
      // Told by whoever waits for it next.
      writing.catch(() => {});
    };
    try {
      for await (const piece of answer.response.body) {
        arrivedAt += piece.length;
        if (arrivedAt > span.endByte) throw tooMuch(answer, span);
        for (let offset = 0; offset < piece.length; ) {
          if (filledBytes === 0) await isFree;
          const part = piece.subarray(offset, offset + writeBytes - filledBytes);
          buffers[current].set(part, filledBytes);
          filledBytes += part.length;
          offset += part.length;
          if (filledBytes === writeBytes) flush();
          else timer ??= setTimeout(flush, writeAfterMs);
        }
        await share.spend(piece.length, signal);
      }
    } catch (error) {
      source.broke?.();
      throw error;
    } finally {
      flush();
      await writing;
    }
    if (arrivedAt < span.endByte) {
      source.broke?.();
      throw new RetryableError(failed(answer, `ended after ${arrivedAt} of ${span.endByte} bytes.`));
    }
  }

  function spanBytes(): number {
    const share = Math.ceil(file.map.unclaimedBytes() / (2 * options.connections) / chunkBytes) * chunkBytes;
    return Math.min(mostSpanBytes, Math.max(chunkBytes, share));
  }

  async function identify({ response, expected, tag }: FileAnswer): Promise<void> {
    const { identity } = file;
    const whole = contentRange(response.headers)?.sizeBytes ?? null;
    if (expected.sizeBytes !== null && expected.sizeBytes !== sizeBytes) {
      throw new StartAnew('facts', failed({ response }, `has ${expected.sizeBytes} bytes; ${sizeBytes} were expected.`));
    }
    if (response.status === 206 && whole !== null && whole !== sizeBytes) {
      throw new StartAnew('changed', failed({ response }, `has ${whole} bytes; ${sizeBytes} were expected.`));
    }
    const before = tag && identity.tags[tag.origin];
    const changed = () => new StartAnew('changed', failed({ response }, 'changed while it was fetched.'));
    if (tag && before !== undefined && before !== tag.value) throw changed();
    const others = Object.values(identity.tags);
    // Another server's tag says nothing where the content is pinned; elsewhere it has to be the same.
    const isPinned = identity.digest !== null || expected.digest !== null || identity.revision !== null;
    if (!isPinned && others.length > 0 && (tag === null || !others.includes(tag.value))) throw changed();
    const isNew = (tag && before === undefined) || (identity.digest === null && expected.digest !== null);
    if (!isNew) return;
    const tags = tag ? { ...identity.tags, [tag.origin]: tag.value } : identity.tags;
    await file.identify({ ...identity, sizeBytes, digest: identity.digest ?? expected.digest, tags });
  }

  function requireRange(answer: FileAnswer, span: Span): void {
    const range = contentRange(answer.response.headers);
    if (range?.startByte === span.position) return;
    throw new RetryableError(failed(answer, `sent other bytes than were asked for (from ${span.position}).`));
  }

  function tooMuch(answer: FileAnswer, span: Span): Error {
    if (answer.response.status === 206) return new RetryableError(failed(answer, 'sent more bytes than were asked for.'));
    return new ChecksumMismatchError({ file: source.path, expected: `${span.endByte} bytes`, actual: 'more than that' });
  }

  function failed({ response: { url, status } }: Pick<FileAnswer, 'response'>, detail: string): UpstreamFailedError {
    return new UpstreamFailedError({ url: url.replace(/[?#].*$/s, ''), status, message: `${source.path} ${detail}` });
  }

  open();
  while (running.size > 0) await Promise.all(running);
  if (failure !== null) throw failure;
}

/** A server may give fewer connections than we would like. */
function mayBeDoneWithout(error: unknown): boolean {
  return error instanceof UpstreamFailedError || error instanceof TimeoutError;
}
