import type { Migration } from 'kysely/migration';
import { initial } from './0001-initial.ts';

/** Every migration, oldest first. A name is never changed once released; the number of them is the database's version. */
export const migrations: Readonly<Record<string, Migration>> = { '0001-initial': initial };
