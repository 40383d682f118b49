import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createPost } from './http-client.ts';
import type { Modelkeep } from './modelkeep.ts';
import { type Started, startServer, startWorker } from './process.ts';

/** Something that embeds texts; resolves when the vectors have come. */
export interface Contender {
  readonly name: string;
  embed(texts: readonly string[]): Promise<void>;
}

export type Door = 'GraphQL FLOAT' | 'GraphQL BASE64' | '/infer_text';

const embedDocument = (encoding: string) =>
  `query ($input: EmbedInput!) { embed(input: $input) { embeddings { vector(encoding: ${encoding}) } } }`;

/** One of our doors, for a loaded model. */
export function throughDoor({ post }: Pick<Modelkeep, 'post'>, door: Door, { label, model }: { label: string; model: string }): Contender {
  const name = `Modelkeep ${label}, ${door}`;
  const ask = async (path: string, body: unknown): Promise<void> => {
    const answer = await post(path, body);
    if (answer.includes('"errors"')) throw new Error(answer.toString('utf8', 0, 300));
  };
  if (door === '/infer_text') return { name, embed: (texts) => ask(door, { name: model, text: texts }) };
  const query = embedDocument(door === 'GraphQL FLOAT' ? 'FLOAT' : 'BASE64');
  return {
    name,
    embed: (texts) => ask('/graphql', { query, variables: { input: { model, items: texts.map((text) => ({ text })) } } }),
  };
}

/** transformers.js behind node:http, in a process of its own. */
export async function startPeer(options: {
  models: string;
  model: string;
  dtype: 'fp32' | 'q8';
  threads: number;
}): Promise<Contender & AsyncDisposable> {
  const { models, model, dtype, threads } = options;
  const file = fileURLToPath(new URL('./peer-server.ts', import.meta.url));
  const server = await startServer([file, models, model, dtype, String(threads)], { NODE_ENV: 'production' });
  const post = createPost(server.url);
  return {
    name: `transformers.js ${dtype}, ${count(threads)}`,
    embed: async (texts) => void (await post('/', { texts })),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** The bare loop, in a process of its own; `together` makes one padded batch of a request, else one run a text. */
export async function startBare(options: { checkpoint: string; precision: 'F32' | 'INT8'; threads: number }) {
  const { checkpoint, precision, threads } = options;
  const { child, ...worker } = await startWorker('./bare-loop.ts', [checkpoint, precision, String(threads)]);
  const contender = (together: boolean): Contender => ({
    name: `bare loop ${precision}, ${count(threads)}, ${together ? 'one batch' : 'one by one'}`,
    async embed(texts) {
      const done = once(child, 'message');
      child.send({ texts, together });
      await done;
    },
  });
  return { together: contender(true), singly: contender(false), [Symbol.asyncDispose]: worker[Symbol.asyncDispose] };
}

function count(threads: number): string {
  return threads === 1 ? '1 thread' : `${threads} threads`;
}

/** A server that does nothing, to tell what of an answer's delay is the machine's. */
export function startIdleServer(): Promise<Started> {
  return startServer([fileURLToPath(new URL('./idle-server.ts', import.meta.url))]);
}
