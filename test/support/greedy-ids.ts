import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface GreedyWork {
  file: string;
  /** A LoRA GGUF that is put on it. */
  adapter: string | null;
  prompts: string[];
  /** How many ids at most. */
  most: number;
  /** The id after which nothing more is asked for. */
  endId: number;
}

/** Runs a GGUF in a process of its own, the likeliest token each time. */
export async function greedyIds(work: GreedyWork): Promise<{ ids: number[]; generated: number[] }[]> {
  const child = fork(new URL('./greedy-ids-process.ts', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  try {
    child.send(work);
    const [answer] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code, signal]) => {
        throw new Error(`the process ended with ${code ?? signal}`);
      }),
    ]);
    return answer;
  } finally {
    child.kill();
  }
}
