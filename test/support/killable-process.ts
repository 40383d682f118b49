import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What `storage-process.ts` says. */
export interface Message {
  type: 'held' | 'stopped' | 'acknowledged' | 'finished' | 'refused' | 'installing' | 'installed' | 'removing';
  ids?: string[];
  message?: string;
  revision?: string;
  tasks?: { id: string; kind: string; state: string; attempt: number; error?: string }[];
}

/** A process that works in a data folder until it is killed; killed at the end of the block at the latest. */
export interface KillableProcess extends AsyncDisposable {
  readonly id: number;
  /** Everything it said so far. */
  readonly messages: readonly Message[];
  /** Resolves with the nth message of that type (default: the first). Rejects when the process ends without it. */
  said(type: Message['type'], count?: number): Promise<Message>;
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>;
}

export function startStorageProcess(dataFolder: string, ...role: string[]): KillableProcess {
  const child: ChildProcess = fork(fileURLToPath(new URL('storage-process.ts', import.meta.url)), [dataFolder, ...role], { execArgv: [] });
  const messages: Message[] = [];
  const gone = once(child, 'exit');
  const wakes = new Set<() => void>();
  child.on('message', (message) => {
    messages.push(message as Message);
    for (const wake of [...wakes]) wake();
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await gone;
  };

  return {
    id: child.pid ?? 0,
    messages,
    async said(type, count = 1) {
      for (;;) {
        const found = messages.filter((message) => message.type === type)[count - 1];
        if (found) return found;
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the process ended without saying ${type}`);
        const woken = Promise.withResolvers<void>();
        wakes.add(woken.resolve);
        await Promise.race([woken.promise, gone]);
        wakes.delete(woken.resolve);
      }
    },
    kill,
    [Symbol.asyncDispose]: kill,
  };
}
