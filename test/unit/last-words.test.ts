import { expect, test } from 'vitest';
import { createLastWords } from '../../src/scheduler/last-words.ts';

function heard(...lines: string[]): string {
  const words = createLastWords();
  for (const line of lines) words.hear(line);
  return words.text;
}

test('the last line that is not empty tells why', () => {
  expect(heard('id: Error: no | at x', 'Error: no', ' ')).toBe('Error: no');
  expect(heard()).toBe('');
});

test('of a Rust panic it is the first one, whatever the runtime says after it', () => {
  const lines = ["thread '<unnamed>' (7) panicked at onig/src/lib.rs:647:23:", 'Onig: Regex search error', 'stack backtrace:'];
  const aftermath = ["thread '<unnamed>' (7) panicked at core/panicking.rs:225:5:", 'panic in a function that cannot unwind', 'aborting.'];
  expect(heard(...lines, ...aftermath)).toBe('Onig: Regex search error');
});

test('of a C++ exception it is what()', () => {
  expect(heard("terminate called after throwing an instance of 'std::bad_alloc'", '  what():  std::bad_alloc', 'Aborted')).toBe(
    'std::bad_alloc',
  );
});

test('a long line is cut', () => {
  expect(heard('x'.repeat(10_000))).toHaveLength(500);
});
