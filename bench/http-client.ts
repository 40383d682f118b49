import { Agent, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** Posts JSON over connections that stay open, and answers the body unparsed: what a client does with it is not the server's cost. */
export type Post = (path: string, body: unknown) => Promise<Buffer>;

/** Clients of one server. */
export function createPost(url: string): Post {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  return async (path, body) => {
    const text = JSON.stringify(body);
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const headers = { 'content-type': 'application/json', accept: 'application/json', 'content-length': Buffer.byteLength(text) };
    const outgoing = request(`${url}${path}`, { method: 'POST', agent, headers }, (response) => {
      buffer(response).then((bytes) => {
        if (response.statusCode === 200) resolve(bytes);
        else reject(new Error(`${path} answered ${response.statusCode}: ${bytes.toString('utf8', 0, 300)}`));
      }, reject);
    });
    outgoing.on('error', reject);
    outgoing.end(text);
    return promise;
  };
}
