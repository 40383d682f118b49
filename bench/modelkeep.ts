import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createPost, type Post } from './http-client.ts';
import { type Started, startServer } from './process.ts';

/** Our server in a process of its own. */
export interface Modelkeep extends Started {
  readonly post: Post;
  /** Runs a document; throws its first error. */
  // biome-ignore lint/suspicious/noExplicitAny: a bench asks what it knows.
  graphql(document: string, variables?: Record<string, unknown>): Promise<any>;
}

export const sourceEntry = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Starts `modelkeep serve` on a free port; the models of `importRoot` may be imported. */
export async function startModelkeep(settings: {
  entry?: string;
  dataFolder: string;
  checkpoint: string;
  threads: number;
}): Promise<Modelkeep> {
  const { entry = sourceEntry, dataFolder, checkpoint, threads } = settings;
  const started = await startServer([entry, 'serve'], {
    MODELKEEP_DATA: dataFolder,
    MODELKEEP_PORT: '0',
    MODELKEEP_PORTS: '',
    MODELKEEP_IMPORT_ROOTS: dirname(checkpoint),
    MODELKEEP_THREADS: String(threads),
    MODELKEEP_LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
  });
  const post = createPost(started.url);
  return {
    ...started,
    post,
    async graphql(query, variables = {}) {
      const { data, errors } = JSON.parse((await post('/graphql', { query, variables })).toString());
      if (errors?.[0]) throw new Error(errors[0].message);
      return data;
    },
  };
}

/** Imports a checkpoint under a name. */
export async function importModel({ graphql }: Modelkeep, { path, name }: { path: string; name: string }): Promise<void> {
  const document =
    'mutation ($input: ImportModelInput!) { started: importModel(input: $input) { ... on ImportModelPayload { task { id } } ... on Error { message } } }';
  await finish(graphql, (await graphql(document, { input: { path, name } })).started);
}

/** Loads a model. */
export async function loadModel({ graphql }: Modelkeep, input: Record<string, unknown>): Promise<void> {
  const document =
    'mutation ($input: LoadModelInput!) { started: loadModel(input: $input) { ... on LoadModelPayload { task { id } } ... on Error { message } } }';
  await finish(graphql, (await graphql(document, { input })).started);
}

/** Unloads a model; resolves when its processes are gone. */
export async function unloadModel({ graphql }: Modelkeep, name: string): Promise<void> {
  const document =
    'mutation ($input: UnloadModelInput!) { started: unloadModel(input: $input) { ... on UnloadModelPayload { task { id } } ... on Error { message } } }';
  await finish(graphql, (await graphql(document, { input: { name } })).started);
}

async function finish(graphql: Modelkeep['graphql'], started: { task?: { id: string }; message?: string }): Promise<void> {
  if (!started.task) throw new Error(started.message);
  for (;;) {
    const { task } = await graphql('query ($id: ID!) { task(id: $id) { state error { message } } }', { id: started.task.id });
    if (task.state === 'SUCCEEDED') return;
    if (task.state === 'FAILED' || task.state === 'CANCELED') throw new Error(task.error?.message ?? task.state);
    await pause(20);
  }
}
