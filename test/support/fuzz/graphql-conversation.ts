import { once } from 'node:events';
import { WebSocket } from 'ws';

/** One operation over a WebSocket of its own, by hand: what the server says until it is done, closes, or falls silent. */
export interface Conversation {
  messages: string[];
  /** Null while the connection is open. */
  closeCode: number | null;
  /** The operation ended by itself, or when it was told to. */
  ended: boolean;
}

/** Operations that a test sends one after another over one connection, which is opened again when the server closes it. */
export interface Talker extends AsyncDisposable {
  /** A subscription is told to end once nothing came for `quietMs`, and must then end within `timeoutMs`. */
  talk(query: string, options: { quietMs: number; timeoutMs: number }): Promise<Conversation>;
}

export function createTalker(url: string): Talker {
  let socket: WebSocket | null = null;
  let ids = 0;

  async function connected(): Promise<WebSocket> {
    if (socket && socket.readyState === WebSocket.OPEN) return socket;
    socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    return socket;
  }

  return {
    async talk(query, { quietMs, timeoutMs }) {
      const open = await connected();
      ids += 1;
      const id = `${ids}`;
      const messages: string[] = [];
      const { promise, resolve } = Promise.withResolvers<Conversation>();
      const done = (ended: boolean, closeCode: number | null = null) => resolve({ messages, ended, closeCode });
      // A ping behind the `complete` is answered once the server has read both.
      const quiet = setTimeout(() => {
        open.send(JSON.stringify({ type: 'complete', id }));
        open.send(JSON.stringify({ type: 'ping', payload: { id } }));
      }, quietMs);
      const late = setTimeout(() => done(false), timeoutMs);
      const onMessage = (data: unknown) => {
        const text = String(data);
        const message = JSON.parse(text) as { type: string; id?: string; payload?: { id?: string } };
        if (message.type === 'pong' && message.payload?.id === id) done(true);
        if (message.id !== id) return;
        messages.push(text);
        if (message.type === 'complete' || message.type === 'error') done(true);
      };
      const onClose = (code: number) => done(true, code);
      open.on('message', onMessage);
      open.on('close', onClose);
      open.send(JSON.stringify({ type: 'subscribe', id, payload: { query } }));
      const conversation = await promise;
      clearTimeout(quiet);
      clearTimeout(late);
      open.off('message', onMessage);
      open.off('close', onClose);
      return conversation;
    },
    async [Symbol.asyncDispose]() {
      socket?.terminate();
    },
  };
}
