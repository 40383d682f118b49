import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Writer, WriterOptions, Written } from './writers.ts';

/** Loading a model takes so long at the most. */
const startMs = 60_000;

/** What the server tells with each token, and at the end. */
interface Step {
  stop: boolean;
  tokens_predicted?: number;
}

/** llama.cpp's own server, from its binary: the same file, threads, slots and context of each; prompts are read anew each time. */
export async function startLlamaServer({ path, folder, threads, slots, contextSize }: WriterOptions & { path: string }): Promise<Writer> {
  const port = await freePort();
  const sizes = {
    '--threads': threads,
    '--threads-batch': threads,
    '--parallel': slots,
    '--ctx-size': slots * contextSize,
    '--n-gpu-layers': 0,
  };
  const args = ['--model', join(folder, 'model.gguf'), '--host', '127.0.0.1', '--port', port, ...Object.entries(sizes).flat()].map(String);
  const child = spawn(path, args, { stdio: 'ignore' });
  await once(child, 'spawn');
  // As runners have it.
  setPriority(child.pid ?? 0, 5);
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await using held = new AsyncDisposableStack();
  held.defer(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  await Promise.race([
    isReady(url),
    exited.then(([code]) => {
      throw new Error(`${path} ended with ${code} before it served.`);
    }),
  ]);

  async function writeOne(prompt: string, maxTokens: number): Promise<Written> {
    const startedMs = performance.now();
    const written = { firstMs: 0, lastMs: 0, tokens: 0 };
    const body = { prompt, n_predict: maxTokens, temperature: 0, ignore_eos: true, cache_prompt: false, stream: true };
    const response = await fetch(`${url}/completion`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    if (response.status !== 200 || !response.body) throw new Error(`llama-server answered ${response.status}: ${await response.text()}`);
    for await (const line of createInterface({ input: Readable.from(response.body) })) {
      if (!line.startsWith('data: {')) continue;
      const step: Step = JSON.parse(line.slice('data: '.length));
      // The last one has the counts, and no token.
      if (step.stop) written.tokens = step.tokens_predicted ?? 0;
      else written.lastMs = performance.now() - startedMs;
      written.firstMs ||= written.lastMs;
    }
    if (written.tokens === 0) throw new Error('llama-server wrote nothing.');
    return written;
  }

  const kept = held.move();
  return {
    name: 'llama-server',
    write: (prompts, maxTokens) => Promise.all(prompts.map((prompt) => writeOne(prompt, maxTokens))),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** It answers 503 until the model is loaded. */
async function isReady(url: string): Promise<void> {
  const deadlineMs = performance.now() + startMs;
  while (performance.now() < deadlineMs) {
    const status = await fetch(`${url}/health`).then(
      (response) => response.status,
      () => null,
    );
    if (status === 200) return;
    await sleep(100);
  }
  throw new Error(`llama-server was not ready after ${startMs} ms.`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
