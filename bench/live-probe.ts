import { get } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

/** Asks `/live` again and again from a thread of its own until it is told to stop; then gives each answer's milliseconds. */
const { url } = workerData as { url: string };
const times: number[] = [];
let isStopped = false;
parentPort?.once('message', () => {
  isStopped = true;
});

function ask(): void {
  const startedMs = performance.now();
  get(`${url}/live`, (response) => {
    response.resume();
    response.once('end', () => {
      times.push(performance.now() - startedMs);
      if (isStopped) parentPort?.postMessage(times);
      else setTimeout(ask, 5);
    });
  });
}
ask();
