import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** One GraphQL response, as it came. */
export interface GraphqlAnswer {
  status: number;
  body: any;
  headers: Headers;
}

export interface ClientOptions {
  key?: string;
  headers?: Record<string, string>;
}

export type Events = AsyncIterableIterator<any> & AsyncDisposable;

/** One operation over HTTP; `url` is the server's, without a path. */
export async function query(
  url: string,
  document: string,
  variables: Record<string, unknown> = {},
  { key, headers = {} }: ClientOptions = {},
): Promise<GraphqlAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization(key), ...headers },
    body: JSON.stringify({ query: document, variables }),
  });
  return { status: response.status, body: JSON.parse((await response.text()) || 'null'), headers: response.headers };
}

/** Results of one operation over a WebSocket of its own, which ends with it. */
export function subscribeWebSocket(
  url: string,
  document: string,
  variables: Record<string, unknown> = {},
  { key, headers = {} }: ClientOptions = {},
): Events {
  const client = webSocketClient(url, { ...(key === undefined ? {} : { key }), headers });
  return disposable(client.iterate({ query: document, variables }), () => client.dispose());
}

/** A graphql-ws client that does not connect again. */
export function webSocketClient(url: string, { key, headers = {} }: ClientOptions = {}): Client {
  class WithHeaders extends WebSocket {
    constructor(address: string, protocols: string[]) {
      super(address, protocols, { headers });
    }
  }
  return createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WithHeaders,
    retryAttempts: 0,
    ...(key === undefined ? {} : { connectionParams: authorization(key) }),
  });
}

/** Results of one operation over server-sent events. */
export function subscribeEvents(
  url: string,
  document: string,
  variables: Record<string, unknown> = {},
  { key, headers = {} }: ClientOptions = {},
): Events {
  const leaving = new AbortController();
  async function* events() {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...authorization(key), ...headers },
      body: JSON.stringify({ query: document, variables }),
      signal: leaving.signal,
    });
    if (response.status !== 200 || !response.body) throw new Error(`${response.status} ${await response.text()}`);
    let text = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const event = text.slice(0, end);
        text = text.slice(end + 2);
        if (event.includes('event: complete')) return;
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data) yield JSON.parse(data);
      }
    }
  }
  return disposable(events(), () => leaving.abort());
}

function disposable<Item>(events: AsyncIterableIterator<Item>, dispose: () => void | Promise<void>): Events {
  return {
    next: () => events.next(),
    async return() {
      await dispose();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await dispose();
    },
  };
}

function authorization(key: string | undefined): Record<string, string> {
  return key === undefined ? {} : { authorization: `Bearer ${key}` };
}
