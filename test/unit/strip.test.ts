import { expect, test } from 'vitest';
import { pythonStrip } from '../../src/engines/python-strip.ts';

// [chr(c) for c in range(0x110000) if chr(c).isspace()] of CPython 3.11.
const pythonSpaces = [
  0x9, 0xa, 0xb, 0xc, 0xd, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x85, 0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007,
  0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
];

test('exactly the characters that Python calls white space are stripped', () => {
  const stripped = Array.from({ length: 0x10000 }, (_, unit) => unit).filter((unit) => pythonStrip(String.fromCharCode(unit)) === '');
  expect(stripped).toEqual(pythonSpaces);
});

test('only the ends of a text are stripped', () => {
  expect(pythonStrip(' \u001c\u0085 a \u3000 b\u2029\t\n')).toBe('a \u3000 b');
  expect(pythonStrip('\ufeffa\u200b')).toBe('\ufeffa\u200b');
  expect(pythonStrip(' \ud800 ')).toBe('\ud800');
  expect(pythonStrip('')).toBe('');
});
