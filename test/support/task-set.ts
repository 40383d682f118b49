import { systemClock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import { openDatabase } from '../../src/storage/database.ts';
import type { Task, TaskContext, TaskDefinition } from '../../src/tasks/task.ts';
import { createTasks } from '../../src/tasks/tasks.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What a step of a test is given. */
export type Context = TaskContext<object, Record<string, unknown>>;
type Definition = TaskDefinition<object, Record<string, unknown>>;

/** A signal for waits that the test ends otherwise. */
export const never = new AbortController().signal;
const log = createLog({ level: 'silent' });

/** Tasks on a database of their own; `reopen` starts anew on the same folder as the next process would. */
export async function tasksOf(definition: Partial<Definition> & Pick<Definition, 'steps'>, clock = systemClock) {
  const folder = await temporaryFolder();
  const open = async () => {
    const database = await openDatabase(folder.path);
    const tasks = createTasks({ database, log, clock });
    tasks.define('DOWNLOAD', { resumesByItself: true, ...definition });
    tasks.define('LOAD', { resumesByItself: false, ...definition });
    return { database, tasks };
  };
  let opened = await open();
  await opened.tasks.resume();
  const close = async () => {
    await opened.tasks.park();
    await opened.database[Symbol.asyncDispose]();
  };
  return {
    get tasks() {
      return opened.tasks;
    },
    get database() {
      return opened.database;
    },
    async reopen() {
      await close();
      opened = await open();
    },
    async [Symbol.asyncDispose]() {
      await close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** The task once it ended. */
export const ended = (tasks: { settled(id: string, options: { timeoutMs: number; signal: AbortSignal }): Promise<Task> }, id: string) =>
  tasks.settled(id, { timeoutMs: 10_000, signal: never });

/** What a step does that heeds its signal and nothing else. */
export function untilAborted({ signal }: Context): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}
