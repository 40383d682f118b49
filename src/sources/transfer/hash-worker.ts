import { parentPort } from 'node:worker_threads';
import { createHashWork } from './hash-work.ts';

/** The thread that hashes: see `file-hasher.ts`. */
const port = parentPort;
if (port === null) throw new Error('the hash worker was not started as a worker');
port.on(
  'message',
  createHashWork((message) => port.postMessage(message)),
);
