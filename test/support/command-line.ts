import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** One run of the program, or one that is still running. */
export interface CommandRun extends AsyncDisposable {
  readonly child: ChildProcess;
  /** How it ended. */
  readonly ended: Promise<{ code: number | null; output: string; errors: string }>;
  /** Resolves when standard output has text that matches; rejects when the program ends without it. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

const sourceEntry = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Starts the program, or a bundle of it, as a shell would, with nothing in its environment but `environment`. Killed at the end of the block. */
export function startCommand(
  args: readonly string[],
  environment: Record<string, string> = {},
  entry = sourceEntry,
  /** What is typed; nothing by default. */
  input?: string,
): CommandRun {
  const child = spawn(process.execPath, [entry, ...args], {
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...environment },
  });
  child.stdin?.end(input);
  let output = '';
  let errors = '';
  const wakes = new Set<() => void>();
  const wake = () => {
    for (const call of wakes) call();
  };
  child.stdout?.on('data', (chunk) => {
    output += chunk;
    wake();
  });
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  let hasEnded = false;
  const ended = new Promise<{ code: number | null; output: string; errors: string }>((resolve) => {
    child.on('close', (code) => {
      hasEnded = true;
      resolve({ code, output, errors });
      wake();
    });
  });
  return {
    child,
    ended,
    async printed(pattern) {
      for (;;) {
        const found = pattern.exec(output);
        if (found) return found;
        if (hasEnded) throw new Error(`It ended without printing ${pattern}: ${output}${errors}`);
        const { promise, resolve } = Promise.withResolvers<void>();
        wakes.add(resolve);
        await promise;
        wakes.delete(resolve);
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
