import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { FilePart, HashReply, HashRequest } from './hash-protocol.ts';

/** Read at a time; messages are heard in between. */
const sliceBytes = 1024 ** 2;

/** One file that is hashed, or checked, a slice a turn. */
interface Job {
  /** Does one slice; false when there is nothing to do for now. */
  turn(buffer: Buffer): boolean;
  close(): void;
}

interface Follower extends Job {
  advance(toByte: number): void;
  finish(sizeBytes: number): void;
}

/**
 * Hashes files behind their downloads, and checks parts, all in turn. Takes messages of `HashRequest` and answers through
 * `reply`. Reads are synchronous: it has a thread of its own.
 */
export function createHashWork(reply: (message: HashReply) => void): (request: HashRequest) => void {
  const jobs = new Map<number, Job>();
  const followers = new Map<number, Follower>();
  const buffer = Buffer.allocUnsafeSlow(sliceBytes);
  let isTurning = false;

  function turnAll(): void {
    let isBusy = false;
    for (const [id, job] of [...jobs]) {
      try {
        isBusy = job.turn(buffer) || isBusy;
      } catch (error) {
        end(id);
        reply({ type: 'failed', id, message: (error as Error).message });
      }
    }
    isTurning = isBusy;
    if (isBusy) setImmediate(turnAll);
  }

  function wake(): void {
    if (isTurning) return;
    isTurning = true;
    setImmediate(turnAll);
  }

  function end(id: number): void {
    jobs.get(id)?.close();
    jobs.delete(id);
    followers.delete(id);
  }

  function begin(id: number, make: () => Job): void {
    try {
      jobs.set(id, make());
    } catch (error) {
      reply({ type: 'failed', id, message: (error as Error).message });
    }
  }

  function answer(message: HashReply): void {
    end(message.id);
    reply(message);
  }

  return (request) => {
    const { id } = request;
    if (request.type === 'follow') {
      begin(id, () => {
        const follower = follow(request, answer);
        followers.set(id, follower);
        return follower;
      });
    } else if (request.type === 'check') begin(id, () => check(request, answer));
    else if (request.type === 'advance') followers.get(id)?.advance(request.toByte);
    else if (request.type === 'finish') followers.get(id)?.finish(request.sizeBytes);
    else end(id);
    wake();
  };
}

function follow({ id, path, gitSizeBytes }: Extract<HashRequest, { type: 'follow' }>, answer: (message: HashReply) => void): Follower {
  // Opened at the first byte: the file may not be there before it.
  let file: number | null = null;
  const sha256 = createHash('sha256');
  const gitSha1 = gitSizeBytes === null ? null : createHash('sha1').update(`blob ${gitSizeBytes}\0`);
  let position = 0;
  let readableBytes = 0;
  let wholeBytes: number | null = null;
  return {
    advance(toByte) {
      readableBytes = Math.max(readableBytes, toByte);
    },
    finish(sizeBytes) {
      wholeBytes = sizeBytes;
      readableBytes = sizeBytes;
    },
    turn(buffer) {
      if (position < readableBytes) {
        file ??= openSync(path, 'r');
        position += feed(file, buffer, { position, endByte: readableBytes, hashes: [sha256, gitSha1] });
      }
      if (wholeBytes === null || position < wholeBytes) return position < readableBytes;
      answer({ type: 'digests', id, digests: { sha256: sha256.digest('hex'), gitSha1: gitSha1?.digest('hex') ?? null } });
      return false;
    },
    close() {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}

function check({ id, path, parts }: Extract<HashRequest, { type: 'check' }>, answer: (message: HashReply) => void): Job {
  const file = openSync(path, 'r');
  const isGood: boolean[] = [];
  let done = 0;
  let crc = 0;
  return {
    turn(buffer) {
      const part: FilePart | undefined = parts[isGood.length];
      if (part === undefined) {
        answer({ type: 'checked', id, isGood });
        return false;
      }
      const count = readSync(file, buffer, 0, Math.min(buffer.length, part.bytes - done), part.startByte + done);
      crc = crc32(buffer.subarray(0, count), crc);
      done += count;
      if (done === part.bytes || count === 0) {
        isGood.push(done === part.bytes && crc === part.crc);
        done = 0;
        crc = 0;
      }
      return true;
    },
    close: () => closeSync(file),
  };
}

function feed(
  file: number,
  buffer: Buffer,
  { position, endByte, hashes }: { position: number; endByte: number; hashes: readonly (Hash | null)[] },
): number {
  const count = readSync(file, buffer, 0, Math.min(buffer.length, endByte - position), position);
  if (count === 0) throw new Error(`the file ended at byte ${position} of ${endByte}`);
  for (const hash of hashes) hash?.update(buffer.subarray(0, count));
  return count;
}
