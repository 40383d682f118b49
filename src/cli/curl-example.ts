import { CommandError } from './failures.ts';

/** A request that is shown as a curl line and sent as it is shown. */
export interface CurlExample {
  about: string;
  method: 'GET' | 'POST';
  path: string;
  /** Sent as JSON. */
  body?: unknown;
}

/** What the demo shows of its models: one that embeds, of which four values are enough to look at, and one that writes. */
export function demoExamples({ embeds: model, writes }: { embeds: string; writes: string }): CurlExample[] {
  const query = `{ embed(input: {model: "${model}", items: [{text: "a cat on a mat"}], dimensions: 4}) { embeddings { vector tokenCount } } }`;
  const question = `{ generate(input: {model: "${writes}", messages: [{role: USER, content: "What does the fox do?"}]}) { text reason } }`;
  return [
    { about: 'GraphQL:', method: 'POST', path: '/graphql', body: { query } },
    { about: 'GraphQL, a model that writes:', method: 'POST', path: '/graphql', body: { query: question } },
    {
      about: "Ingrain's inference API:",
      method: 'POST',
      path: '/infer_text',
      body: { name: model, text: ['a cat on a mat', 'cats like mats'], normalize: true, n_dims: 4 },
    },
    { about: "Ingrain's model API:", method: 'GET', path: '/loaded_models' },
  ];
}

/** The line that a user can paste into a shell; a key is named, never shown. */
export function curlLine({ method, path, body }: CurlExample, { url, needsKey }: { url: string; needsKey: boolean }): string {
  const parts = ['curl', ...(method === 'GET' ? [] : ['-X', method]), `${url}${path}`];
  if (needsKey) parts.push('-H', '"Authorization: Bearer $MODELKEEP_KEY"');
  if (body !== undefined) parts.push('-H', "'Content-Type: application/json'", '-d', quoteForShell(JSON.stringify(body)));
  return parts.join(' ');
}

/** Sends the request and answers the body. Throws when the server refuses it. */
export async function runExample(
  { method, path, body }: CurlExample,
  { url, key, signal }: { url: string; key: string | undefined; signal: AbortSignal },
): Promise<string> {
  const headers = {
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const response = await fetch(`${url}${path}`, { method, headers, signal, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const answer = await response.text();
  if (!response.ok) throw new CommandError(`${method} ${path} answered ${response.status}: ${answer}`);
  return answer;
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
