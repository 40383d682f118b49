import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidModelFileError } from '../errors.ts';

/** A parsed JSON object of which nothing else is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The most that a configuration file may have; published ones have a few kilobytes. */
export const maxConfigBytes = 16 * 1024 * 1024;

/** Whether the folder has a regular file of this name. */
export async function hasFile(folder: string, file: string): Promise<boolean> {
  const found = await stat(join(folder, file)).catch(() => null);
  return found?.isFile() ?? false;
}

/** Reads a text file as UTF-8. Throws `INVALID_MODEL_FILE` where it is missing, no regular file, too large or not UTF-8. */
export async function readTextFile(folder: string, file: string, { maxBytes }: { maxBytes: number }): Promise<string> {
  const bytes = await readWhole(folder, file, maxBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InvalidModelFileError({ file, message: 'It is not UTF-8 text.', cause });
  }
}

/** Reads a file that must hold any JSON value; the same errors as `readTextFile`. */
export async function readJsonValue(folder: string, file: string, { maxBytes = maxConfigBytes } = {}): Promise<unknown> {
  const text = await readTextFile(folder, file, { maxBytes });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidModelFileError({ file, message: 'It is not valid JSON.', cause });
  }
}

/** Reads a file that must hold one JSON object; the same errors as `readTextFile`. */
export async function readJsonObject(folder: string, file: string, options: { maxBytes?: number } = {}): Promise<JsonObject> {
  const value = await readJsonValue(folder, file, options);
  if (!isJsonObject(value)) throw new InvalidModelFileError({ file, message: 'It holds no JSON object.' });
  return value;
}

/** As `readJsonObject`; an empty object where the file is not there. */
export async function readOptionalJsonObject(folder: string, file: string): Promise<JsonObject> {
  return (await hasFile(folder, file)) ? readJsonObject(folder, file) : {};
}

/** Whether a parsed value is a JSON object, not a list and not null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function readWhole(folder: string, file: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await open(join(folder, file)).catch((cause: unknown) => {
    throw new InvalidModelFileError({ file, message: 'It is missing or cannot be read.', cause });
  });
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new InvalidModelFileError({ file, message: 'It is not a regular file.' });
    if (found.size > maxBytes) {
      throw new InvalidModelFileError({ file, message: `It has ${found.size} bytes; at most ${maxBytes} are read.` });
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
