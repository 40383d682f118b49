/** A thread that ends with the first image that it is given. */
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', () => process.exit(7));
