import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The program itself, in a process of its own, so that it can be killed. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly child: ChildProcess;
  /** What it has logged so far. */
  logged(): Record<string, unknown>[];
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** Sends a signal and gives the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

const entry = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Starts `modelkeep serve` on a free port. Rejects with what it wrote to standard error when it ends instead of serving. */
export async function startServerProcess(settings: Record<string, string>): Promise<ServerProcess> {
  const environment = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [/^(?:HF|OTEL)_/.test(name) ? name : `MODELKEEP_${name}`, value]),
  );
  const child = spawn(process.execPath, [entry, 'serve'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, MODELKEEP_PORT: '0', MODELKEEP_PORTS: '', MODELKEEP_LOG_LEVEL: 'warn', ...environment },
  });
  const exited = once(child, 'exit');
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const lines = createInterface({ input: child.stdout });
  const url = await new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const [found] = /http:\/\/\S+/.exec(line) ?? [];
      if (found) resolve(found);
    });
    exited.then(() => reject(new Error(errors.trim())));
  });

  async function kill(): Promise<void> {
    child.kill('SIGKILL');
    await exited;
  }

  return {
    url,
    child,
    logged: () =>
      errors
        .split('\n')
        .slice(0, -1)
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line)),
    kill,
    async stop(signal) {
      child.kill(signal);
      const [code] = await exited;
      return code as number | null;
    },
    [Symbol.asyncDispose]: kill,
  };
}
