import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { urlOfConfig } from '../../src/cli/client.ts';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { curlLine } from '../../src/cli/curl-example.ts';
import { describeFailure } from '../../src/cli/failures.ts';
import { readServerSentEvents } from '../../src/cli/server-sent-events.ts';
import { createTerminal, formatBytes, formatTable } from '../../src/cli/terminal.ts';

/** A terminal over two texts. */
function recordingTerminal({ isTTY = false } = {}) {
  const written = { output: '', errors: '' };
  const terminal = createTerminal({
    input: Readable.from([]),
    output: {
      write(text) {
        written.output += text;
      },
    },
    errors: {
      write(text) {
        written.errors += text;
      },
      isTTY,
    },
  });
  return { terminal, written };
}

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function run(...args: string[]) {
  const { terminal, written } = recordingTerminal();
  const code = await runCommandLine(args, terminal);
  return { code, ...written };
}

describe('a command line that is wrong', () => {
  test.each<[form: string, args: string[], named: string]>([
    ['an unknown command', ['frobnicate'], 'frobnicate'],
    ['an unknown option', ['serve', '--prot', '1'], '--prot'],
    ['an option without its value', ['serve', '--port'], '--port'],
    ["another command's option", ['list', '--revision', 'main'], '--revision'],
    ['a word too many', ['serve', 'now'], 'modelkeep serve'],
    ['a word too few', ['embed', 'model'], 'modelkeep embed <model> <text…>'],
    ['a model too few', ['rm'], 'modelkeep rm'],
    ['line breaks in a command', ['a\nb\u001b[31m'], 'There is no command'],
  ])('%s ends with 2 and one line', async (_form, args, named) => {
    const { code, output, errors } = await run(...args);
    expect(code).toBe(2);
    expect(output).toBe('');
    expect(errors).toContain(named);
    expect(errors).toMatch(/^[^\n\p{Cc}]+\n$/u);
  });

  test('a value out of range ends with 1 and one line', async () => {
    const { code, output, errors } = await run('list', '--port', '70000');
    expect([code, output]).toEqual([1, '']);
    expect(errors).toMatch(/^--port: [^\n]+\n$/);
  });
});

test('--help names every command', async () => {
  const { code, output, errors } = await run('--help');
  expect([code, errors]).toEqual([0, '']);
  for (const name of ['serve', 'demo', 'config', 'list', 'ps', 'pull', 'embed', 'rm'])
    expect(output).toMatch(new RegExp(`^  ${name} `, 'm'));
});

test('--version prints the version alone', async () => {
  expect(await run('--version')).toEqual({ code: 0, output: '0.1.0\n', errors: '' });
});

test('config prints the settings as flags change them, and no key', async () => {
  const { code, output } = await run('config', '--port', '4321', '--api-keys', 'very-secret');
  expect(code).toBe(0);
  expect(output).toMatch(/^MODELKEEP_PORT +4321 /m);
  expect(output).toMatch(/^MODELKEEP_API_KEYS +\(set\) /m);
  expect(output).not.toContain('very-secret');
});

test('a server that does not answer is one line', async () => {
  // Port 9 of loopback is the discard service, which nobody runs.
  const { code, output, errors } = await run('list', '--url', 'http://127.0.0.1:9');
  expect([code, output]).toEqual([1, '']);
  expect(errors).toMatch(/^No server answers at http:\/\/127\.0\.0\.1:9\.[^\n]*\n$/);
});

describe('the terminal', () => {
  test('takes control characters out of what others wrote', () => {
    const { terminal, written } = recordingTerminal();
    terminal.printError('one\ntwo\u001b[2Jthree\u0007');
    expect(written.errors).toBe('one two [2Jthree\n');
  });

  test('overwrites its progress line and clears it before it prints', () => {
    const { terminal, written } = recordingTerminal({ isTTY: true });
    terminal.showProgress('100 %');
    terminal.showProgress('5 %');
    terminal.print('done');
    expect(written.errors).toBe(`\r100 %\r5 %  \r${' '.repeat(3)}\r`);
    expect(written.output).toBe('done\n');
  });

  test('shows no progress where nobody looks', () => {
    const { terminal, written } = recordingTerminal();
    terminal.showProgress('5 %');
    terminal.endProgress();
    expect(written).toEqual({ output: '', errors: '' });
  });

  test('makes columns and sizes for people', () => {
    expect(formatTable(['A', 'BB'], [['long', '1'], ['x']])).toBe('A     BB\nlong  1\nx');
    expect([0, 999, 1000, 133_500_000, 5e15].map(formatBytes)).toEqual(['0 B', '999 B', '1.0 kB', '133.5 MB', '5000.0 TB']);
  });
});

test('events arrive whole however the stream is cut', async () => {
  const text = ': ping\n\nevent: next\ndata: {"a":"é"}\n\nevent: next\r\ndata: 1\r\ndata: 2\r\n\r\nevent: complete\n\n';
  const bytes = new TextEncoder().encode(text);
  for (let size = 1; size <= bytes.length; size++) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.slice(index * size, (index + 1) * size));
    const events = await Array.fromAsync(readServerSentEvents(streamOf(chunks)));
    expect(events).toEqual([
      { event: 'next', data: '{"a":"é"}' },
      { event: 'next', data: '1\n2' },
      { event: 'complete', data: '' },
    ]);
  }
});

test.each([
  ['127.0.0.1', 'http://127.0.0.1:1'],
  ['0.0.0.0', 'http://127.0.0.1:1'],
  ['::', 'http://[::1]:1'],
  ['::1', 'http://[::1]:1'],
  ['[::1]', 'http://[::1]:1'],
  ['models.example', 'http://models.example:1'],
])('a server on %s is asked at %s', (host, url) => {
  expect(urlOfConfig({ host, port: 1 })).toBe(url);
});

test('a curl line is safe to paste and names the key without showing it', () => {
  const example = { about: '', method: 'POST', path: '/x', body: { text: "it's" } } as const;
  expect(curlLine(example, { url: 'http://h:1', needsKey: true })).toBe(
    `curl -X POST http://h:1/x -H "Authorization: Bearer $MODELKEEP_KEY" -H 'Content-Type: application/json' -d '{"text":"it'\\''s"}'`,
  );
});

test('a failure without a message still has a line', () => {
  expect(describeFailure(new TypeError())).toBe('TypeError');
  expect(describeFailure('plain')).toBe('plain');
});

test("a model's text cannot steer the terminal", () => {
  const { terminal, written } = recordingTerminal();
  terminal.write('a\u001b[2Jb\u0007\u009bc\n\td');
  expect(written.output).toBe('a[2Jbc\n\td');
});
