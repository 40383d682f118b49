import { createHash } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CanceledError, ChecksumMismatchError, UpstreamFailedError } from '../../errors.ts';
import { contentRange } from '../hub-expectation.ts';
import { type RetryTiming, withRetries } from '../retry.ts';
import type { FetchedFile, FetchProgress } from '../source.ts';
import { appendToFile, gitBlobSha1 } from '../write-file.ts';
import { createChunkJournal, type JournalContent } from './chunk-journal.ts';
import { openChunkedFile } from './chunked-file.ts';
import { fetchSpans, mostSpanBytes } from './fetch-spans.ts';
import type { FileHasher } from './file-hasher.ts';
import type { FileDigests } from './hash-protocol.ts';
import { recover } from './recover.ts';
import { type Expectation, type FileAnswer, type SourceFile, StartAnew } from './source-file.ts';
import type { TransferShare } from './transfer-limits.ts';

export interface FetchFileOptions {
  target: string;
  journalPath: string;
  hasher: FileHasher;
  share: TransferShare;
  /** Most connections for one file. */
  connections: number;
  timing: RetryTiming;
  /** Bytes that are on the disk for good, and journalled. */
  onProgress: (progress: FetchProgress) => void;
  /** A sentence for people: what was damaged, or had changed. */
  onNote: (note: string) => void;
  signal: AbortSignal | undefined;
}

/** A file that changes more often than this while it is fetched is no file to fetch. */
const mostChanges = 3;

/**
 * Fetches one file to `target`, going on with what an earlier try left, and answers when it is whole, checked and on the disk. A
 * wrong digest, and a change upstream, start it anew; the first one once. Throws CHECKSUM_MISMATCH (the file is gone then),
 * UPSTREAM_FAILED, UPSTREAM_GATED, TIMEOUT, INSUFFICIENT_DISK, CANCELED (what is certain stays, also then).
 */
export async function fetchFile(source: SourceFile, options: FetchFileOptions): Promise<FetchedFile> {
  const { target, journalPath, onNote, signal } = options;
  await mkdir(dirname(target), { recursive: true });
  let known: Expectation = source.known;
  let changes = 0;
  let mismatches = 0;
  const learn = (expected: Expectation) => {
    known = expected;
  };
  for (;;) {
    if (signal?.aborted) throw new CanceledError({ what: `Fetching ${source.path}` });
    try {
      // A server that never says the same of a file twice is no longer asked: the digest decides.
      const withTags = changes < mostChanges || known.digest === null;
      return await fetchOnce({ ...source, known, ask: learning(source, { learn, withTags }) }, options);
    } catch (error) {
      if (error instanceof ChecksumMismatchError) await discard();
      if (!(error instanceof StartAnew)) throw error;
      await discard();
      if (error.why === 'mismatch') mismatches += 1;
      else changes += 1;
      if (mismatches > 1 || changes > mostChanges) throw error.failure;
      if (error.why === 'changed') onNote(`${source.path} changed upstream while it was fetched, so it was started anew.`);
      if (error.why === 'mismatch') onNote(`${source.path} did not have its checksum, so it was fetched once more.`);
    }
  }

  async function discard(): Promise<void> {
    await rm(target, { recursive: true, force: true });
    await rm(journalPath, { force: true });
  }
}

/** What the answers' headers say is better than what a list says. */
function learning(
  source: SourceFile,
  { learn, withTags }: { learn: (expected: Expectation) => void; withTags: boolean },
): SourceFile['ask'] {
  return async (range, signal) => {
    const answer = await source.ask(range, signal);
    learn(answer.expected);
    return withTags ? answer : { ...answer, tag: null };
  };
}

async function fetchOnce(source: SourceFile, options: FetchFileOptions): Promise<FetchedFile> {
  const { target, journalPath, hasher, timing, onProgress, onNote, signal } = options;
  const { path } = source;
  const report = (doneBytes: number, totalBytes: number | null) => onProgress({ doneBytes, totalBytes });
  const onJournalled = (bytes: number) => report(bytes, source.known.sizeBytes);
  const content = await recover({ source, target, journalPath, hasher, onNote, onJournalled, signal });
  const left = await finishedBefore(source, options, content);
  if (left !== null) {
    report(left.sizeBytes, left.sizeBytes);
    return left;
  }
  let first: FileAnswer | null = null;
  let sizeBytes = source.known.sizeBytes ?? content.identity.sizeBytes;
  if (sizeBytes === null) {
    const probe = { startByte: 0, endByte: mostSpanBytes };
    first = await withRetries(() => source.ask(probe, signal ?? new AbortController().signal), { timing, signal });
    sizeBytes = first.expected.sizeBytes ?? contentRange(first.response.headers)?.sizeBytes ?? null;
    if (sizeBytes === null) return await fetchUnsized(source, options, first);
  }
  if (source.maxBytes !== null && sizeBytes > source.maxBytes) {
    await first?.response[Symbol.asyncDispose]();
    throw new UpstreamFailedError({ url: path, status: null, message: `${path} is larger than the limit of ${source.maxBytes} bytes.` });
  }
  const total = sizeBytes;
  const withGitSha1 = source.known.digest?.algorithm !== 'sha256';
  const opening = { target, journalPath, sizeBytes, content, hasher, withGitSha1 };
  await using file = await openChunkedFile({ ...opening, onDurable: (bytes) => report(bytes, total) });
  report(file.durableBytes(), total);
  await fetchSpans({ ...options, source, file, sizeBytes, first });
  await file.commit();
  const digests = await file.digests(signal);
  check(source, file.identity.digest, digests);
  await file.approve(digests.sha256);
  return { path, sizeBytes, sha256: digests.sha256 };
}

/** A file that is whole already: checked and journalled, or one of the expected size and digest that lies there. */
async function finishedBefore(
  { path, known }: SourceFile,
  { target, journalPath, hasher, signal }: FetchFileOptions,
  content: JournalContent,
): Promise<FetchedFile | null> {
  const found = await stat(target).catch(() => null);
  if (found === null) return null;
  const thereBytes = [...content.chunks.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  if (content.sha256 !== null && thereBytes === content.identity.sizeBytes && found.size === thereBytes) {
    return { path, sizeBytes: thereBytes, sha256: content.sha256 };
  }
  if (content.chunks.size > 0) return null;
  if (found.isFile() && found.size === known.sizeBytes && known.digest !== null) {
    const withGitSha1 = known.digest.algorithm === 'git-sha1';
    const digests = await hasher.digest(target, { sizeBytes: found.size, withGitSha1, signal });
    if (actualOf(known.digest, digests) === known.digest.hex) return { path, sizeBytes: found.size, sha256: digests.sha256 };
  }
  await rm(target, { recursive: true, force: true });
  await rm(journalPath, { force: true });
  return null;
}

function check({ path }: SourceFile, digest: Expectation['digest'], digests: FileDigests): void {
  if (digest === null) return;
  const actual = actualOf(digest, digests);
  if (actual === digest.hex) return;
  const expected = `${digest.algorithm} ${digest.hex}`;
  throw new StartAnew('mismatch', new ChecksumMismatchError({ file: path, expected, actual }));
}

function actualOf({ algorithm }: NonNullable<Expectation['digest']>, { sha256, gitSha1 }: FileDigests): string {
  return algorithm === 'sha256' ? sha256 : (gitSha1 ?? '');
}

/** Nobody says how long it is, so there is nothing to go on with after a break: it is taken as it comes. */
async function fetchUnsized(
  source: SourceFile,
  { target, journalPath, share, timing, onProgress, signal }: FetchFileOptions,
  probe: FileAnswer,
): Promise<FetchedFile> {
  let first: FileAnswer | null = probe;
  let doneBytes = 0;
  return await withRetries(attempt, { timing, signal });

  async function attempt(): Promise<FetchedFile> {
    using _slot = await share.connect(signal);
    const answer = first ?? (await source.ask(null, signal ?? new AbortController().signal));
    first = null;
    await using response = answer.response;
    await rm(target, { force: true });
    doneBytes = 0;
    const hash = createHash('sha256');
    await appendToFile(target, limited(response.body), {
      hash,
      signal,
      onBytes(count) {
        doneBytes += count;
        onProgress({ doneBytes, totalBytes: null });
      },
    });
    const { digest } = answer.expected;
    const sha256 = hash.digest('hex');
    const gitSha1 = digest?.algorithm === 'git-sha1' ? await gitBlobSha1(target, doneBytes, signal) : null;
    check(source, digest, { sha256, gitSha1 });
    const identity = { revision: source.revision, sizeBytes: doneBytes, digest, tags: {} };
    // Without chunks it counts for nothing later; it only takes the place of an older one.
    await using _journal = await createChunkJournal(journalPath, { identity, chunks: new Map(), sha256: null });
    return { path: source.path, sizeBytes: doneBytes, sha256 };
  }

  async function* limited(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let count = 0;
    for await (const piece of body) {
      count += piece.length;
      if (source.maxBytes !== null && count > source.maxBytes) {
        const message = `${source.path} is larger than the limit of ${source.maxBytes} bytes.`;
        throw new UpstreamFailedError({ url: source.path, status: 200, message });
      }
      await share.spend(piece.length, signal);
      yield piece;
    }
  }
}
