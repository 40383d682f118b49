import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type GgufToWrite, writeGguf } from '../../src/formats/gguf/gguf-writer.ts';

/** Writes a made model where `path` is, its folder too where missing; answers the path. */
export async function writeGgufFile(path: string, model: GgufToWrite): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await pipeline(Readable.from(writeGguf(model)), createWriteStream(path));
  return path;
}
