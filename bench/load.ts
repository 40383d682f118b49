import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Contender } from './contender.ts';
import { median } from './rounds.ts';

/** Milliseconds that one request takes. */
export async function timeOne(contender: Contender, texts: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  await contender.embed(texts);
  return performance.now() - startedMs;
}

/** The median of several such times. */
export async function timeMedian(contender: Contender, texts: readonly string[], repeats: number): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < repeats; count += 1) times.push(await timeOne(contender, texts));
  return median(times);
}

/** Milliseconds until so many clients, each asking for one text after another, have all texts. */
export async function timeCrowd(contender: Contender, texts: readonly string[], clients: number): Promise<number> {
  const waiting = [...texts];
  const startedMs = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (let text = waiting.pop(); text !== undefined; text = waiting.pop()) await contender.embed([text]);
    }),
  );
  return performance.now() - startedMs;
}

/** Milliseconds of each answer of `/live` of several servers while `work` goes on. */
export async function probeLive(urls: readonly string[], work: () => Promise<unknown>): Promise<number[][]> {
  const probes = urls.map((url) => new Worker(new URL('./live-probe.ts', import.meta.url), { workerData: { url } }));
  await Promise.all(probes.map((probe) => once(probe, 'online')));
  await work();
  return Promise.all(
    probes.map(async (probe) => {
      const answered = once(probe, 'message');
      probe.postMessage('stop');
      const [times] = (await answered) as [number[]];
      await probe.terminate();
      return times;
    }),
  );
}
