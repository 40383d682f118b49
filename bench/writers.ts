import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { importModel, loadModel, startModelkeep } from './modelkeep.ts';
import { startWorker } from './process.ts';

/** When one client heard its first and its last token, from the request on. */
export interface Written {
  firstMs: number;
  lastMs: number;
  tokens: number;
}

/** Something that writes for several clients at once. */
export interface Writer extends AsyncDisposable {
  readonly name: string;
  write(prompts: readonly string[], maxTokens: number): Promise<Written[]>;
}

/** Our server: its clients can be watched while they read. */
export interface ServerWriter extends Writer {
  /** Calls back for every delta; resolves when the end has come. */
  watch(prompt: string, maxTokens: number, onDelta: () => void): Promise<{ tokens: number }>;
  /** Processor time of the server's process, its runners apart, in milliseconds. */
  cpuMs(): number;
}

export interface WriterOptions {
  folder: string;
  threads: number;
  slots: number;
  contextSize: number;
}

/** node-llama-cpp in lock step, in a process of its own. */
export async function startBareLockStep({ folder, threads, slots, contextSize }: WriterOptions): Promise<Writer> {
  const args = [join(folder, 'model.gguf'), String(threads), String(slots), String(contextSize)];
  const { child, ...worker } = await startWorker('./bare-lock-step.ts', args);
  return {
    name: 'bare lock step',
    async write(prompts, maxTokens) {
      const answered = once(child, 'message');
      child.send({ prompts, maxTokens });
      const [written] = await answered;
      return written as Written[];
    },
    [Symbol.asyncDispose]: worker[Symbol.asyncDispose],
  };
}

const generateDocument = `subscription ($input: GenerateInput!) {
  generate(input: $input) { __typename ... on TextDelta { text } ... on GenerationEnd { reason error { message } usage { completionTokens } } }
}`;

interface Delta {
  generate?: { __typename: string; error?: { message: string }; usage?: { completionTokens: number } };
}

/** Our server, every client on a WebSocket of its own. */
export async function startServerWriter(options: WriterOptions & { dataFolder: string; clients: number }): Promise<ServerWriter> {
  const { folder, dataFolder, threads, slots, contextSize, clients } = options;
  await using held = new AsyncDisposableStack();
  const server = held.use(await startModelkeep({ dataFolder, checkpoint: folder, threads }));
  await importModel(server, { path: folder, name: 'smol' });
  await loadModel(server, { name: 'smol', threads, generation: { slots, contextSize, gpu: 'OFF' } });
  const url = `${server.url.replace(/^http/, 'ws').replace(/\/$/, '')}/graphql`;
  const sockets = Array.from({ length: clients }, () => createClient({ url, webSocketImpl: WebSocket, lazy: false, retryAttempts: 0 }));
  for (const socket of sockets) held.defer(async () => void (await socket.dispose()));

  async function read(client: number, prompt: string, maxTokens: number, onDelta: () => void): Promise<{ tokens: number }> {
    const socket = sockets[client % sockets.length];
    if (!socket) throw new Error('There is no client.');
    let tokens = 0;
    for await (const { data, errors } of socket.iterate<Delta>({
      query: generateDocument,
      variables: { input: { model: 'smol', prompt, maxTokens, temperature: 0 } },
    })) {
      const event = data?.generate;
      if (errors?.[0]) throw new Error(errors[0].message);
      if (event?.error) throw new Error(event.error.message);
      if (event?.__typename === 'TextDelta') onDelta();
      else tokens = event?.usage?.completionTokens ?? tokens;
    }
    return { tokens };
  }

  async function writeOne(client: number, prompt: string, maxTokens: number): Promise<Written> {
    const startedMs = performance.now();
    const written = { firstMs: 0, lastMs: 0, tokens: 0 };
    const { tokens } = await read(client, prompt, maxTokens, () => {
      written.lastMs = performance.now() - startedMs;
      written.firstMs ||= written.lastMs;
    });
    return { ...written, tokens };
  }

  const kept = held.move();
  return {
    name: 'GraphQL over WebSocket',
    write: (prompts, maxTokens) => Promise.all(prompts.map((prompt, client) => writeOne(client, prompt, maxTokens))),
    watch: (prompt, maxTokens, onDelta) => read(Math.floor(Math.random() * clients), prompt, maxTokens, onDelta),
    cpuMs: () => cpuMsOf(server.child.pid ?? 0),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Reads Linux's /proc, whose ticks are hundredths of a second. */
function cpuMsOf(processId: number): number {
  const fields = readFileSync(`/proc/${processId}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
