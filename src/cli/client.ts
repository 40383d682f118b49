import { type DocumentNode, print, type TypedQueryDocumentNode } from 'graphql';
import type { Config } from '../config.ts';
import { CommandError, ServerError } from './failures.ts';
import { readServerSentEvents } from './server-sent-events.ts';

/** Speaks GraphQL to a running server, over HTTP and server-sent events. */
export interface Client {
  /** Runs a query or mutation. Throws `ServerError` for what the server answers in `errors`. */
  execute<Data, Variables>(document: TypedQueryDocumentNode<Data, Variables>, variables: Variables, signal: AbortSignal): Promise<Data>;
  /** Runs a subscription; ends when the server ends it, or at the signal. */
  subscribe<Data, Variables>(
    document: TypedQueryDocumentNode<Data, Variables>,
    variables: Variables,
    signal: AbortSignal,
  ): AsyncIterable<Data>;
}

interface Answer {
  data?: unknown;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** A client of the server at a base address; `key` is sent where there is one. */
export function createClient({ url, key }: { url: string; key: string | undefined }): Client {
  async function request(document: DocumentNode, variables: unknown, accept: string, signal: AbortSignal): Promise<Response> {
    const headers = { 'content-type': 'application/json', accept, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };
    const body = JSON.stringify({ query: print(document), variables });
    try {
      return await fetch(`${url}/graphql`, { method: 'POST', headers, body, signal });
    } catch (error) {
      signal.throwIfAborted();
      throw new CommandError(`No server answers at ${url}. Start one with "modelkeep serve", or name it with --url.`, { cause: error });
    }
  }
  return {
    async execute<Data, Variables>(document: TypedQueryDocumentNode<Data, Variables>, variables: Variables, signal: AbortSignal) {
      const response = await request(document, variables, 'application/graphql-response+json, application/json', signal);
      return dataOf(await readJson(response, url)) as Data;
    },
    async *subscribe<Data, Variables>(document: TypedQueryDocumentNode<Data, Variables>, variables: Variables, signal: AbortSignal) {
      const response = await request(document, variables, 'text/event-stream, application/json', signal);
      if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
        dataOf(await readJson(response, url));
        throw notModelkeep(url, response);
      }
      for await (const { event, data } of readServerSentEvents(response.body)) {
        if (event === 'complete') return;
        if (event === 'next') yield dataOf(JSON.parse(data)) as Data;
      }
    },
  };
}

/** Where the server of these settings listens, as seen from this machine. */
export function urlOfConfig({ host, port }: Pick<Config, 'host' | 'port'>): string {
  const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };
  return `http://${everywhere[host] ?? (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host)}:${port}`;
}

async function readJson(response: Response, url: string): Promise<Answer> {
  const answer: unknown = await response.json().catch(() => null);
  if (typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer)) return answer as Answer;
  throw notModelkeep(url, response);
}

function notModelkeep(url: string, response: Response): CommandError {
  return new CommandError(`${url} answered ${response.status}, not as Modelkeep does. Is --url right?`);
}

function dataOf({ data, errors }: Answer): unknown {
  const first = errors?.[0];
  if (first) throw new ServerError({ code: first.extensions?.code ?? 'INVALID_INPUT', message: first.message });
  return data;
}
