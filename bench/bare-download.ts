import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';

/** A process of its own: what one would write by hand, one connection, a sha256 and a file. Prints the milliseconds it took. */
const [url = '', target = '', withSync = ''] = process.argv.slice(2);
const startedMs = performance.now();
const file = await open(target, 'w');
const hash = createHash('sha256');
const message = await new Promise<IncomingMessage>((resolve, reject) => {
  get(url, resolve).on('error', reject);
});
for await (const chunk of message) {
  hash.update(chunk);
  await file.write(chunk);
}
if (withSync === 'sync') await file.sync();
await file.close();
hash.digest('hex');
process.stdout.write(`${performance.now() - startedMs}\n`);
