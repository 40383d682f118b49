import type { Migration } from 'kysely/migration';
import { initial } from './0001-initial.ts';
import { pausedTasks } from './0002-paused-tasks.ts';
import { conversations } from './0003-conversations.ts';
import { modelSettings } from './0004-model-settings.ts';

/** Every migration, oldest first. A name is never changed once released; the number of them is the database's version. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-initial': initial,
  '0002-paused-tasks': pausedTasks,
  '0003-conversations': conversations,
  '0004-model-settings': modelSettings,
};
