import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidModelFileError } from '../../src/errors.ts';
import { readSafetensors, readStoredTensors } from '../../src/formats/safetensors.ts';
import { parseHeader, readHeaderLength } from '../../src/formats/safetensors-header.ts';
import { writeSafetensors } from '../../src/formats/safetensors-writer.ts';
import { makeCheckpoint, writeJson } from '../support/checkpoint-maker.ts';
import { goldenFolder } from '../support/golden.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const four = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };

/** A file with this header text and so many bytes of data. */
function file(header: string, dataBytes: number, claimedLength?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, claimedLength ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const tensor = (entry: unknown, dataBytes = 4): Uint8Array => file(JSON.stringify({ weight: entry }), dataBytes);

const hostileFiles: Record<string, Uint8Array> = {
  'no bytes at all': new Uint8Array(0),
  'fewer bytes than a length': new Uint8Array(7),
  'a length of 2^64 - 1': file('{}', 0, 2n ** 64n - 1n),
  'a length over the limit': file('{}', 0, 100_000_001n),
  'a length over the file': file('{}', 0, 3n),
  'an empty header': file('', 0),
  'a header that is no JSON': file('{"weight":', 4),
  'a header that is no UTF-8': file('{}', 0).map((byte, index) => (index === 8 ? 0xff : byte)),
  'a header with a byte order mark': file('\ufeff{}', 0),
  'a header in a list': file('[]', 0),
  'a header of null': file('null', 0),
  'white space before the header': file(' {}', 0),
  'the same tensor twice': file(`{"a":${JSON.stringify(four)},"a":${JSON.stringify(four)}}`, 4),
  'the same tensor twice, once escaped': file(`{"a":${JSON.stringify(four)},"\\u0061":${JSON.stringify(four)}}`, 4),
  'two dtypes for one tensor': file('{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
  'metadata that is a list': file('{"__metadata__":[]}', 0),
  'metadata that holds a number': file('{"__metadata__":{"step":1}}', 0),
  'an entry that is a number': tensor(1, 0),
  'an entry that is null': tensor(null, 0),
  'an unknown dtype': tensor({ ...four, dtype: 'F31' }),
  'a dtype from the prototype': tensor({ ...four, dtype: 'constructor' }),
  'no dtype': tensor({ shape: [1], data_offsets: [0, 4] }),
  'no shape': tensor({ dtype: 'F32', data_offsets: [0, 4] }),
  'a negative size': tensor({ ...four, shape: [-1] }),
  'two negative sizes': tensor({ ...four, shape: [-1, -1] }),
  'a fractional size': tensor({ ...four, shape: [0.5, 2] }),
  'a size as text': tensor({ ...four, shape: ['1'] }),
  'a shape whose product overflows to its bytes': tensor({ ...four, shape: [2 ** 32, 2 ** 32, 2 ** 32] }),
  'a size beyond 2^53': file('{"a":{"dtype":"U8","shape":[9007199254740993],"data_offsets":[0,4]}}', 4),
  'a shape larger than its bytes': tensor({ ...four, shape: [2] }),
  'a shape smaller than its bytes': tensor({ ...four, shape: [0] }),
  'no offsets': tensor({ dtype: 'F32', shape: [1] }),
  'three offsets': tensor({ ...four, data_offsets: [0, 4, 8] }),
  'offsets that end before they start': tensor({ ...four, data_offsets: [4, 0] }),
  'a negative offset': tensor({ ...four, data_offsets: [-4, 0] }),
  'offsets behind the file': tensor({ ...four, data_offsets: [4, 8] }),
  'offsets near 2^53': tensor({ ...four, data_offsets: [2 ** 53 - 5, 2 ** 53 - 1] }),
  'a hole at the start': tensor({ ...four, data_offsets: [4, 8] }, 8),
  'a hole between tensors': file(JSON.stringify({ a: four, b: { ...four, data_offsets: [8, 12] } }), 12),
  'overlapping tensors': file(
    JSON.stringify({ a: { ...four, shape: [2], data_offsets: [0, 8] }, b: { ...four, data_offsets: [4, 8] } }),
    8,
  ),
  'two tensors in one place': file(JSON.stringify({ a: four, b: four }), 4),
  'bytes that belong to nobody': tensor(four, 5),
  'data without tensors': file('{}', 4),
  'a packed dtype that does not fill its bytes': tensor({ dtype: 'F4', shape: [3], data_offsets: [0, 2] }, 2),
};

describe('a safetensors header', () => {
  test.each(Object.entries(hostileFiles))('is refused with %s', async (_, bytes) => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'model.safetensors'), bytes);
    const refusal = await readSafetensors(folder.path, 'model.safetensors').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InvalidModelFileError);
    expect(refusal).toMatchObject({ code: 'INVALID_MODEL_FILE', file: 'model.safetensors' });
  });

  test('names the tensor that is wrong', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'model.safetensors'), tensor({ ...four, shape: [2] }));
    await expect(readSafetensors(folder.path, 'model.safetensors')).rejects.toThrow('"weight"');
  });

  test('is read without the data behind it, however deep its JSON and odd its names', async () => {
    await using folder = await temporaryFolder();
    const header = `{"__metadata__":{"format":"pt"},"__proto__":${JSON.stringify(four)},"b\\"{":${JSON.stringify({ ...four, data_offsets: [4, 8] })},"empty":{"dtype":"F32","shape":[0,3],"data_offsets":[8,8]},"one":{"dtype":"BF16","shape":[],"data_offsets":[8,10]}}   `;
    await writeFile(join(folder.path, 'a.safetensors'), file(header, 10));
    const start = 8 + header.length;
    expect(await readSafetensors(folder.path, 'a.safetensors')).toEqual([
      { name: '__proto__', file: 'a.safetensors', dtype: 'F32', shape: [1], offset: start, length: 4 },
      { name: 'b"{', file: 'a.safetensors', dtype: 'F32', shape: [1], offset: start + 4, length: 4 },
      { name: 'empty', file: 'a.safetensors', dtype: 'F32', shape: [0, 3], offset: start + 8, length: 0 },
      { name: 'one', file: 'a.safetensors', dtype: 'BF16', shape: [], offset: start + 8, length: 2 },
    ]);
    const nested = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    await writeFile(join(folder.path, 'a.safetensors'), file(nested, 0));
    await expect(readSafetensors(folder.path, 'a.safetensors')).rejects.toBeInstanceOf(InvalidModelFileError);
  });

  test('never fails with anything but INVALID_MODEL_FILE, whatever its bytes', () => {
    const value = fc.oneof(
      fc.integer(),
      fc.double(),
      fc.string(),
      fc.constant(null),
      fc.array(fc.integer({ min: -2, max: 9 }), { maxLength: 3 }),
    );
    const entry = fc.record(
      { dtype: fc.oneof(fc.constantFrom('F32', 'U8', 'F4', 'BF16'), value), shape: value, data_offsets: value },
      { requiredKeys: [] },
    );
    const text = fc.oneof(
      fc.json(),
      fc.dictionary(fc.string(), fc.oneof(entry, value)).map((object) => JSON.stringify(object)),
      fc.string(),
    );
    const whole = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.tuple(text, fc.nat(16), fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { nil: undefined })).map((parts) => file(...parts)),
    );
    fc.assert(
      fc.property(whole, (bytes) => {
        const context = { file: 'x', fileSize: bytes.length };
        try {
          const length = readHeaderLength(bytes.subarray(0, 8), context);
          const entries = parseHeader(bytes.subarray(8, 8 + length), context);
          // What is accepted covers the data exactly.
          expect(entries.reduce((sum, { length: size }) => sum + size, 8 + length)).toBe(bytes.length);
        } catch (error) {
          if (!(error instanceof InvalidModelFileError)) throw error;
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a checkpoint of several files', () => {
  test('gives the same tensors as one file, each with the file that holds it', async () => {
    await using folder = await temporaryFolder();
    await makeCheckpoint(join(folder.path, 'one'));
    await makeCheckpoint(join(folder.path, 'three'), { shards: 3 });
    const one = await readStoredTensors(join(folder.path, 'one'));
    const three = await readStoredTensors(join(folder.path, 'three'));
    expect([...three.keys()].sort()).toEqual([...one.keys()].sort());
    expect(new Set([...three.values()].map(({ file: name }) => name)).size).toBe(3);
  });

  const indexes: Record<string, unknown> = {
    'no weight_map': {},
    'a list': [],
    'a file outside the folder': { weight_map: { a: '../model.safetensors' } },
    'an absolute file': { weight_map: { a: '/etc/model.safetensors' } },
    'a backslash': { weight_map: { a: '..\\model.safetensors' } },
    'a NUL': { weight_map: { a: 'x\0.safetensors' } },
    'a number for a file': { weight_map: { a: 1 } },
    'a pickle': { weight_map: { a: 'pytorch_model.bin' } },
    'a file that is not there': { weight_map: { a: 'gone.safetensors' } },
    'a tensor that is not in its file': { weight_map: { missing: 'there.safetensors' } },
    'thousands of files': {
      weight_map: Object.fromEntries(Array.from({ length: 2001 }, (_, index) => [`t${index}`, `${index}.safetensors`])),
    },
  };
  test.each(Object.entries(indexes))('is refused when its index has %s', async (_, index) => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'there.safetensors'), tensor(four));
    await writeJson(folder.path, 'model.safetensors.index.json', index);
    await expect(readStoredTensors(folder.path)).rejects.toBeInstanceOf(InvalidModelFileError);
  });
});

describe('the writer', () => {
  test('writes what the reader reads, the same bytes each time', async () => {
    await using folder = await temporaryFolder();
    const tensors = [
      { name: 'b', dtype: 'F32' as const, shape: [2, 1], data: new Uint8Array([0, 0, 128, 63, 0, 0, 0, 64]) },
      { name: 'a', dtype: 'U8' as const, shape: [3], data: new Uint8Array([1, 2, 3]) },
    ];
    const bytes = Buffer.concat([...writeSafetensors(tensors, { format: 'pt' })]);
    expect(Buffer.concat([...writeSafetensors(tensors, { format: 'pt' })])).toEqual(bytes);
    await writeFile(join(folder.path, 'x.safetensors'), bytes);
    const read = await readSafetensors(folder.path, 'x.safetensors');
    expect(read.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).toEqual(
      tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    );
    expect(read.map(({ offset, length }) => bytes.subarray(offset, offset + length))).toEqual(tensors.map(({ data }) => Buffer.from(data)));
    expect((read[0]?.offset ?? 1) % 8).toBe(0);
  });

  test('agrees with the files of the reference implementation', async () => {
    const tensors = await readStoredTensors(goldenFolder('tiny-bert-st'));
    expect(tensors.get('embeddings.word_embeddings.weight')).toMatchObject({ dtype: 'F32', shape: [1500, 48], length: 288_000 });
  });
});
