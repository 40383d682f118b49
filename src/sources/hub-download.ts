import { createHash, type Hash } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ChecksumMismatchError, UpstreamFailedError } from '../errors.ts';
import type { GuardedResponse } from '../net/guarded-fetch.ts';
import { contentRange, type Expectation, expectationOf, requireCommit } from './hub-expectation.ts';
import { askHub, type HubConnection, requireOnline } from './hub-request.ts';
import { RetryableError, withRetries } from './retry.ts';
import { requireSafePaths } from './safe-path.ts';
import type { FetchedFile, FetchPlan, FetchProgress, PlannedFile } from './source.ts';
import { appendToFile, gitBlobSha1, hashFile } from './write-file.ts';

/** A file is worth more tries for each so many bytes that it gained. */
const advanceBytes = 16_384;

/** What lies at the target already: so many bytes, already in the hash. */
interface Part {
  startBytes: number;
  hash: Hash;
}

/**
 * Fetches one file of a plan to `target`, from where an earlier try ended, and answers when it is verified and on the disk.
 * Throws CHECKSUM_MISMATCH (the file is gone then), UPSTREAM_FAILED, UPSTREAM_GATED, TIMEOUT, CANCELED (the part stays).
 */
export async function downloadHubFile(
  hub: HubConnection,
  { plan, file, target }: { plan: FetchPlan; file: PlannedFile; target: string },
  { onProgress, signal }: { onProgress?: ((progress: FetchProgress) => void) | undefined; signal?: AbortSignal | undefined },
): Promise<FetchedFile> {
  requireOnline(hub);
  requireSafePaths([file.path]);
  await mkdir(dirname(target), { recursive: true });
  const revision = encodeURIComponent(plan.revision ?? 'main');
  const url = `${hub.endpoint}/${plan.repository}/resolve/${revision}/${file.path.split('/').map(encodeURIComponent).join('/')}`;
  // The list's facts, until the hub's own answer gives better ones.
  let known: Expectation = file;
  let farthestBytes = 0;
  let countedBytes = 0;
  let mayStartAnew = true;

  async function attempt(): Promise<FetchedFile> {
    const part = await openPart(target, known, signal);
    if (part.startBytes > 0 && part.startBytes === known.sizeBytes && known.digest !== null) return await settle(part, known);
    await using response = await ask(part.startBytes);
    requireCommit(plan, response);
    const expected = expectationOf(file, response);
    known = expected;
    let { startBytes, hash } = part;
    if (startBytes > 0 && !continuesAt(response, startBytes)) {
      // The whole file comes again; removed, not truncated, for the inode may be another folder's too.
      await rm(target, { force: true });
      startBytes = 0;
      hash = createHash('sha256');
    }
    let doneBytes = startBytes;
    const report = () => onProgress?.({ doneBytes, totalBytes: expected.sizeBytes });
    report();
    await appendToFile(
      target,
      notLonger(response.body, () => doneBytes),
      {
        hash,
        signal,
        onBytes(count) {
          doneBytes += count;
          farthestBytes = Math.max(farthestBytes, doneBytes);
          report();
        },
      },
    );
    if (expected.sizeBytes !== null && doneBytes < expected.sizeBytes) throw endedEarly(doneBytes, expected.sizeBytes);
    return await settle({ startBytes, hash }, expected, doneBytes);

    async function* notLonger(body: AsyncIterable<Uint8Array>, done: () => number): AsyncGenerator<Uint8Array> {
      for await (const chunk of body) {
        if (expected.sizeBytes !== null && done() + chunk.length > expected.sizeBytes) {
          await rm(target, { force: true });
          throw new ChecksumMismatchError({ file: file.path, expected: `${expected.sizeBytes} bytes`, actual: 'more than that' });
        }
        yield chunk;
      }
    }
  }

  async function ask(startBytes: number): Promise<GuardedResponse> {
    const range = startBytes > 0 ? { everyHopHeaders: { range: `bytes=${startBytes}-` } } : {};
    try {
      return await askHub(hub, { url, repository: plan.repository, ...range, signal });
    } catch (error) {
      if (!(error instanceof UpstreamFailedError) || error.status !== 416 || startBytes === 0) throw error;
      await rm(target, { force: true });
      throw new RetryableError(error, 0);
    }
  }

  /** Verifies; a wrong file that was pieced together gets one more chance, from its first byte. */
  async function settle({ startBytes, hash }: Part, expected: Expectation, doneBytes = startBytes): Promise<FetchedFile> {
    const sha256 = hash.copy().digest('hex');
    const actual = expected.digest?.algorithm === 'git-sha1' ? await gitBlobSha1(target, doneBytes, signal) : sha256;
    if (expected.digest === null || expected.digest.hex === actual) return { path: file.path, sizeBytes: doneBytes, sha256 };
    await rm(target, { force: true });
    if (startBytes > 0 && mayStartAnew) {
      mayStartAnew = false;
      return await attempt();
    }
    const { algorithm, hex } = expected.digest;
    throw new ChecksumMismatchError({ file: file.path, expected: `${algorithm} ${hex}`, actual });
  }

  function endedEarly(doneBytes: number, sizeBytes: number): RetryableError {
    const message = `${file.path} ended after ${doneBytes} of ${sizeBytes} bytes.`;
    return new RetryableError(new UpstreamFailedError({ url, status: 200, message }));
  }

  function hasAdvanced(): boolean {
    if (farthestBytes < countedBytes + advanceBytes) return false;
    countedBytes = farthestBytes;
    return true;
  }

  return await withRetries(attempt, { timing: hub.timing, signal, hasAdvanced });
}

/** The bytes that an earlier try left. What is too long, or shared with another folder though not whole, is thrown away. */
async function openPart(target: string, { sizeBytes, digest }: Expectation, signal: AbortSignal | undefined): Promise<Part> {
  const hash = createHash('sha256');
  const found = await stat(target).catch(() => null);
  if (found === null) return { startBytes: 0, hash };
  const isWhole = found.size === sizeBytes && digest !== null;
  const isPart = sizeBytes === null || found.size < sizeBytes;
  if (found.isFile() && found.size > 0 && (isWhole || (isPart && found.nlink === 1))) {
    return { startBytes: found.size, hash: await hashFile(target, hash, signal) };
  }
  await rm(target, { recursive: true, force: true });
  return { startBytes: 0, hash };
}

function continuesAt({ status, headers }: GuardedResponse, startBytes: number): boolean {
  return status === 206 && contentRange(headers)?.startByte === startBytes;
}
