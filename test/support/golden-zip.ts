import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeZip } from './zip-maker.ts';

const golden = (name: string) => join(import.meta.dirname, '..', 'golden', name);

/** The files of a folder, as entries of a zip. */
export function entriesOf(folder: string, prefix = ''): { name: string; content: Buffer }[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => ({ name: prefix + name, content: readFileSync(join(folder, name)) }));
}

/** A golden checkpoint's folder as a zip. */
export function goldenFile(name: string): { folder: string; bytes: Buffer } {
  const folder = golden(name);
  return { folder, bytes: makeZip(entriesOf(join(folder, 'model'))) };
}
