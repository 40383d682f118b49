import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { goldenFolder } from './golden.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A tensor's entry in a safetensors header. */
export interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** What is changed in a copy of a golden checkpoint. */
export interface CheckpointChanges {
  /** Files whose parsed JSON is changed in place. */
  readonly json?: Readonly<Record<string, (object: Record<string, unknown>) => void>>;
  /** The weights' file, and what is done to its header; the data stay as they are. */
  readonly weights?: { readonly file: string; readonly change: (header: Record<string, HeaderEntry>) => void };
}

/** A copy of a golden checkpoint with something changed, removed at the end of the block. */
export async function changedCheckpoint(name: string, { json = {}, weights }: CheckpointChanges) {
  const folder = await temporaryFolder();
  await cp(goldenFolder(name), folder.path, { recursive: true });
  for (const [file, change] of Object.entries(json)) {
    const object = JSON.parse(await readFile(join(folder.path, file), 'utf8')) as Record<string, unknown>;
    change(object);
    await writeFile(join(folder.path, file), JSON.stringify(object));
  }
  if (weights) {
    const path = join(folder.path, weights.file);
    const bytes = await readFile(path);
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, HeaderEntry>;
    weights.change(header);
    const text = Buffer.from(JSON.stringify(header));
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(text.length));
    await writeFile(path, Buffer.concat([prefix, text, bytes.subarray(8 + length)]));
  }
  return folder;
}

/** Gives a tensor another name, so that the checkpoint lacks it. */
export function renameTensor(header: Record<string, HeaderEntry>, from: string, to: string): void {
  const entry = header[from];
  if (!entry) throw new Error(`There is no tensor ${from}.`);
  delete header[from];
  header[to] = entry;
}
