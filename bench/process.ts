import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A process that a bench started. */
export interface Started extends AsyncDisposable {
  readonly child: ChildProcess;
  /** From its start to its first word, in milliseconds. */
  readonly startMs: number;
  /** Where it serves. */
  readonly url: string;
}

/** Starts a Node program that prints its address once it listens. */
export async function startServer(args: readonly string[], environment: Record<string, string> = {}): Promise<Started> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: environment });
  const lines = createInterface({ input: child.stdout });
  const url = await new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const [found] = /http:\/\/\S+/.exec(line) ?? [];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code} before it served.`)));
  });
  return { child, url, startMs: performance.now() - startedMs, [Symbol.asyncDispose]: () => end(child) };
}

/** Starts a Node program of this folder that answers messages; resolves with it once it has said that it is ready. */
export async function startWorker(file: string, args: readonly string[]): Promise<{ child: ChildProcess } & AsyncDisposable> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args);
  await once(child, 'message');
  return { child, [Symbol.asyncDispose]: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  if (child.connected) child.disconnect();
  await exited;
}

/** Resident memory of a process and all below it, in megabytes. Reads Linux's /proc. */
export async function residentMegabytes(processId: number): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8');
  const children = await readFile(`/proc/${processId}/task/${processId}/children`, 'utf8');
  const own = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
  const below = await Promise.all(
    children
      .split(' ')
      .filter(Boolean)
      .map((child) => residentMegabytes(Number(child))),
  );
  return own + below.reduce((sum, megabytes) => sum + megabytes, 0);
}
