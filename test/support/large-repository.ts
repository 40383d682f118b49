import { createHash } from 'node:crypto';
import { goldenFolder } from './stand-in-hub.ts';
import type { StandInRepositoryInput } from './stand-in-hub-repository.ts';

/** A checkpoint that can be installed, with a large file beside it that `include: ["*"]` takes. */
export function largeRepository(sizeBytes: number, seed = 'large'): StandInRepositoryInput {
  return { folder: goldenFolder('tiny-bert-st'), files: { 'extra.dat': noise(sizeBytes, seed) } };
}

/** Bytes that depend on the seed alone and do not repeat chunk by chunk. */
function noise(sizeBytes: number, seed: string): Buffer {
  const block = Buffer.alloc(64 * 1024);
  for (let at = 0; at < block.length; at += 32) createHash('sha256').update(`${seed} ${at}`).digest().copy(block, at);
  const content = Buffer.alloc(sizeBytes);
  for (let at = 0; at < sizeBytes; at += block.length) {
    block.writeUInt32LE(at / block.length);
    block.copy(content, at);
  }
  return content;
}
