import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/**
 * Connections that one piece of work keeps open between its requests. A connection stays with the host and port that it was
 * made for and whose addresses were checked then, so a pool is shared only by requests under the same rules. Disposing of it
 * closes them all, also those in use.
 */
export interface ConnectionPool extends Disposable {
  agentFor(url: URL): HttpAgent;
}

export function createConnectionPool(): ConnectionPool {
  const plain = new HttpAgent({ keepAlive: true });
  const secure = new HttpsAgent({ keepAlive: true });
  return {
    agentFor: (url) => (url.protocol === 'https:' ? secure : plain),
    [Symbol.dispose]() {
      plain.destroy();
      secure.destroy();
    },
  };
}
