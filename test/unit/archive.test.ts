import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { detectUpload, extractArchive } from '../../src/sources/archive.ts';
import { archiveLimits } from '../../src/sources/archive-limits.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeZip, type ZipEntryInput } from '../support/zip-maker.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

const target = () => join(folder.path, 'out', 'target');
const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');

async function extract(bytes: Buffer, options: Partial<Parameters<typeof extractArchive>[0]> = {}) {
  const file = join(folder.path, 'archive');
  await writeFile(file, bytes);
  const kind = await detectUpload(file);
  if (kind !== 'ZIP' && kind !== 'TAR' && kind !== 'TAR_GZ') throw new Error(`not an archive: ${kind}`);
  return extractArchive({ file, kind, target: target(), ...options });
}

interface TarEntry {
  name: string;
  type?: 'file' | 'symlink' | 'link' | 'directory' | 'character-device' | 'fifo';
  content?: string;
}

async function makeTar(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, type = 'file', content = '' } of entries) archive.entry({ name, type, linkname: '/etc/passwd' }, content);
  archive.finalize();
  return Buffer.concat(await Readable.from(archive).toArray());
}

async function codeOf(pending: Promise<unknown>): Promise<{ code?: string; entry?: string | null; message?: string }> {
  return pending.then(
    () => ({ code: 'none' }),
    (error: { code?: string; entry?: string | null; message?: string }) => error,
  );
}

const good = [
  { name: 'config.json', content: '{}' },
  { name: 'sub/gewöhnlich.json', content: 'ü' },
];

describe('a good archive', () => {
  test.each([
    ['zip', () => makeZip(good.map((entry) => ({ ...entry, deflated: true })))],
    ['zip, stored', () => makeZip(good)],
    ['tar', () => makeTar(good)],
    ['tar.gz', async () => gzipSync(await makeTar(good))],
  ])('%s gives its files, byte for byte, with their sha256', async (_name, make) => {
    const files = await extract(await make());
    expect(files).toEqual([
      { path: 'config.json', sizeBytes: 2, sha256: sha256('{}') },
      { path: 'sub/gewöhnlich.json', sizeBytes: 2, sha256: sha256('ü') },
    ]);
    expect(readFileSync(join(target(), 'sub/gewöhnlich.json'), 'utf8')).toBe('ü');
  });

  test('zip64 and data descriptors work', async () => {
    const files = await extract(
      makeZip([
        { name: 'config.json', content: '{"a":1}', deflated: true, hasDescriptor: true },
        { name: 'model.gguf', content: 'x'.repeat(5000), zip64: true },
      ]),
    );
    expect(files.map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual([
      ['config.json', 7],
      ['model.gguf', 5000],
    ]);
  });

  test('a folder around everything goes, and so does litter', async () => {
    const files = await extract(
      makeZip([
        { name: 'model/', mode: 0o40755 },
        { name: 'model/config.json', content: '{}' },
        { name: 'model/1_Pooling/config.json', content: '[]' },
        { name: '__MACOSX/model/._config.json', content: 'x' },
        { name: 'model/.DS_Store', content: 'x' },
      ]),
    );
    expect(files.map(({ path }) => path)).toEqual(['config.json', '1_Pooling/config.json']);
    expect(existsSync(join(target(), '1_Pooling/config.json'))).toBe(true);
  });

  test('doing it again gives the same', async () => {
    const bytes = makeZip(good);
    expect(await extract(bytes)).toEqual(await extract(bytes));
  });

  test('progress is told, and room is asked for before anything is written', async () => {
    const seen: number[] = [];
    await extract(makeZip(good), { onProgress: ({ doneBytes }) => seen.push(doneBytes) });
    expect(seen).toEqual([2, 4]);
    const refused = extract(makeZip(good), { requireSpace: (bytes) => Promise.reject(new Error(`no room for ${bytes}`)) });
    await expect(refused).rejects.toThrow('no room for 4');
  });
});

describe('zip slip', () => {
  const names = [
    '../evil',
    'a/../../evil',
    '/etc/evil',
    'C:/evil',
    'C:\\evil',
    '..\\evil',
    'a\\..\\..\\evil',
    'a//evil',
    'a/./evil',
    './../evil',
    '..',
    'a/b\0c',
    'a/\u0007b',
  ];
  test.each(names)('%j is refused, and nothing is written outside', async (name) => {
    const failure = await codeOf(
      extract(
        makeZip([
          { name: 'config.json', content: '{}' },
          { name, content: 'evil' },
        ]),
      ),
    );
    expect(failure.code).toBe('INVALID_ARCHIVE');
    expect(failure.entry).not.toBeNull();
    expect((await readdir(folder.path)).filter((entry) => entry.includes('evil'))).toEqual([]);
    expect(existsSync('/etc/evil')).toBe(false);
  });
  test.each(names.filter((name) => !name.includes('\0')))('%j is refused in a tar too', async (name) => {
    expect((await codeOf(extract(await makeTar([{ name, content: 'evil' }])))).code).toBe('INVALID_ARCHIVE');
    expect((await readdir(folder.path)).filter((entry) => entry.includes('evil'))).toEqual([]);
  });
});

describe('what is no file', () => {
  test.each<[string, ZipEntryInput]>([
    ['a link', { name: 'link', content: '/etc/passwd', mode: 0o120777 }],
    ['a device', { name: 'device', mode: 0o20666 }],
    ['a pipe', { name: 'pipe', mode: 0o10666 }],
    ['an encrypted file', { name: 'secret', content: 'x', encrypted: true }],
    ['an unknown compression', { name: 'lzma', content: 'x', method: 14 }],
    ['an archive in the archive', { name: 'inner.zip', content: 'PK' }],
  ])('%s is refused by name', async (_what, entry) => {
    const failure = await codeOf(extract(makeZip([{ name: 'a', content: 'a' }, entry])));
    expect(failure).toMatchObject({ code: 'INVALID_ARCHIVE', entry: entry.name });
  });
  test.each<TarEntry>([
    { name: 'link', type: 'symlink' },
    { name: 'hard', type: 'link' },
    { name: 'device', type: 'character-device' },
    { name: 'pipe', type: 'fifo' },
  ])('$name in a tar is refused by name', async (entry) => {
    expect(await codeOf(extract(await makeTar([{ name: 'a', content: 'a' }, entry])))).toMatchObject({
      code: 'INVALID_ARCHIVE',
      entry: entry.name,
    });
  });
});

describe('names that are one', () => {
  test.each([
    ['config.json', 'config.json'],
    ['config.json', 'CONFIG.JSON'],
    ['./config.json', 'config.json'],
    ['caf\u00e9', 'cafe\u0301'],
  ])('%j and %j', async (one, other) => {
    const failure = await codeOf(
      extract(
        makeZip([
          { name: one, content: '1' },
          { name: other, content: '2' },
        ]),
      ),
    );
    expect(failure).toMatchObject({ code: 'INVALID_ARCHIVE', message: expect.stringContaining('the same') });
  });
});

describe('bombs', () => {
  const zeros = Buffer.alloc(40 * 1024 ** 2);
  test('a file that unpacks to a thousand times its size is given up early', async () => {
    const seen: number[] = [];
    const failure = await codeOf(
      extract(makeZip([{ name: 'model.gguf', content: zeros, deflated: true }]), { onProgress: ({ doneBytes }) => seen.push(doneBytes) }),
    );
    expect(failure).toMatchObject({ code: 'INVALID_ARCHIVE', entry: 'model.gguf' });
    expect(Math.max(...seen)).toBeLessThan(zeros.length / 2);
  });
  test('so is one in a gzipped tar', async () => {
    const bytes = gzipSync(await makeTar([{ name: 'model.gguf', content: '\0'.repeat((1200 * 1024 ** 2) / 8) }]));
    expect(await codeOf(extract(bytes, { limits: { ...archiveLimits, ratio: 10 } }))).toMatchObject({ code: 'INVALID_ARCHIVE' });
  });
  test('a file that holds more than it claims', async () => {
    const entry = { name: 'model.gguf', content: zeros.subarray(0, 2_000_000), deflated: true, claimedBytes: 10 };
    expect(await codeOf(extract(makeZip([entry])))).toMatchObject({ code: 'INVALID_ARCHIVE', entry: 'model.gguf' });
  });
  test('entries that share bytes', async () => {
    const entries = [
      { name: 'a', content: 'x'.repeat(1000) },
      { name: 'b', content: 'x'.repeat(1000), sharesBytesOf: 0 },
    ];
    expect(await codeOf(extract(makeZip(entries)))).toMatchObject({ code: 'INVALID_ARCHIVE', entry: 'b' });
  });
  test('too many entries, too large a file, too much in all', async () => {
    const many = makeZip(Array.from({ length: 12 }, (_, index) => ({ name: `f${index}`, content: 'x'.repeat(100) })));
    expect((await codeOf(extract(many, { limits: { ...archiveLimits, entries: 11 } }))).message).toContain('more than 11 entries');
    expect((await codeOf(extract(many, { limits: { ...archiveLimits, fileBytes: 99 } }))).message).toContain('more than 99 bytes');
    expect((await codeOf(extract(many, { limits: { ...archiveLimits, totalBytes: 1199 } }))).message).toContain('more than 1199 bytes');
    expect(await extract(many)).toHaveLength(12);
  });
});

describe('a damaged archive', () => {
  test('a wrong checksum, by name', async () => {
    expect(await codeOf(extract(makeZip([{ name: 'a', content: 'x', crc: 1 }])))).toMatchObject({ code: 'INVALID_ARCHIVE', entry: 'a' });
  });
  test('a cut zip, a cut tar.gz, an empty one', async () => {
    const zip = makeZip(good);
    expect((await codeOf(extract(zip.subarray(0, zip.length - 30)))).code).toBe('INVALID_ARCHIVE');
    const tar = gzipSync(await makeTar([{ name: 'a', content: 'y'.repeat(100_000) }]));
    expect((await codeOf(extract(tar.subarray(0, tar.length - 20)))).code).toBe('INVALID_ARCHIVE');
    expect((await codeOf(extract(makeZip([])))).code).toBe('INVALID_ARCHIVE');
  });
});

test('an abort stops it', async () => {
  const controller = new AbortController();
  const pending = extract(makeZip(good), { signal: controller.signal, onProgress: () => controller.abort() });
  expect((await codeOf(pending)).code).toBe('CANCELED');
});

test('a file is known by its bytes', async () => {
  const file = join(folder.path, 'file');
  for (const [content, kind] of [
    [makeZip(good), 'ZIP'],
    [await makeTar(good), 'TAR'],
    [gzipSync('x'), 'TAR_GZ'],
    [Buffer.from('GGUF\x03\0\0\0'), 'GGUF'],
    [Buffer.from('plain text that goes on'), 'UNKNOWN'],
    [Buffer.alloc(0), 'UNKNOWN'],
  ] as const) {
    await writeFile(file, content);
    expect(await detectUpload(file)).toBe(kind);
  }
});
