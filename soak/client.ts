import { setTimeout as pause } from 'node:timers/promises';

/** A GraphQL operation's outcome: its data, or the code of its first error. */
export interface Outcome {
  data: any;
  /** `OK`, a failure's code, `SILENCE` when nothing came in time, `NO CONNECTION`. */
  code: string;
  retryAfterMs: number | null;
}

/** Sends one operation; never throws. */
export async function ask(url: string, query: string, variables: object = {}, { timeoutMs = 60_000 } = {}): Promise<Outcome> {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { data, errors } = (await response.json()) as any;
    const [error] = errors ?? [];
    if (error) return { data, code: error.extensions?.code ?? 'UNTYPED', retryAfterMs: error.extensions?.retryAfterMs ?? null };
    const refused = Object.values(data ?? {}).find((value: any) => typeof value?.code === 'string') as any;
    return { data, code: refused?.code ?? 'OK', retryAfterMs: refused?.retryAfterMs ?? null };
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    return { data: null, code: isLate ? 'SILENCE' : 'NO CONNECTION', retryAfterMs: null };
  }
}

const embedDocument = 'query ($input: EmbedInput!) { embed(input: $input) { embeddings { index vector(encoding: BASE64) } } }';

/** Embeds texts. */
export function embed(url: string, model: string, texts: readonly string[], options: { timeoutMs?: number } = {}): Promise<Outcome> {
  return ask(url, embedDocument, { input: { model, items: texts.map((text) => ({ text })) } }, options);
}

const failure = '... on Error { code message }';

/** Fetches where needed, loads, and waits; the code is the task's where that failed. */
export async function load(url: string, name: string): Promise<Outcome> {
  const outcome = await ask(
    url,
    `mutation ($name: String!) { loadModel(input: { source: { repository: $name }, downloadIfMissing: true }) {
      ... on LoadModelPayload { task { settled(timeoutMs: 30000) { state error { code } } } } ${failure} } }`,
    { name },
  );
  const settled = outcome.data?.loadModel?.task?.settled;
  return settled && settled.state !== 'SUCCEEDED' ? { ...outcome, code: settled.error?.code ?? settled.state } : outcome;
}

/** Unloads, and waits. */
export function unload(url: string, name: string): Promise<Outcome> {
  const payload = '... on UnloadModelPayload { task { settled(timeoutMs: 30000) { state } } }';
  return ask(url, `mutation ($name: String!) { unloadModel(input: { name: $name }) { ${payload} ${failure} } }`, { name });
}

/** Deletes, and waits. */
export function remove(url: string, name: string): Promise<Outcome> {
  const payload = '... on DeleteModelPayload { task { settled(timeoutMs: 30000) { state } } }';
  return ask(url, `mutation ($name: String!) { deleteModel(input: { name: $name }) { ${payload} ${failure} } }`, { name });
}

/** Starts a task and gives its id once the server has acknowledged it; null when it did not. */
export async function startTask(url: string, kind: 'load' | 'download', name: string): Promise<string | null> {
  const document =
    kind === 'load'
      ? `mutation ($name: String!) { started: loadModel(input: { source: { repository: $name }, downloadIfMissing: true }) { ... on LoadModelPayload { task { id } } } }`
      : `mutation ($name: String!) { started: downloadModel(input: { source: { repository: $name } }) { ... on DownloadModelPayload { task { id } } } }`;
  const { data } = await ask(url, document, { name });
  return data?.started?.task?.id ?? null;
}

/** Waits until something holds; false when it does not in time. */
export async function eventually(condition: () => boolean | Promise<boolean>, { timeoutMs = 30_000 } = {}): Promise<boolean> {
  const endMs = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > endMs) return false;
    await pause(50);
  }
  return true;
}
