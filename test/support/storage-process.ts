import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import { createCatalogue } from '../../src/models/catalogue.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { createTasks } from '../../src/tasks/tasks.ts';
import { stage } from './stored-models.ts';

/**
 * A process that a test kills: it holds a data folder and works in it, telling the test by IPC what it was promised.
 * `hold` only holds it; `tasks <step>` starts a task that stops at a step; `finish` resumes everything and waits for it;
 * `many` starts tasks without end; `install` installs revision after revision.
 */
const [dataFolder = '', role = '', stopAt = ''] = process.argv.slice(2);
const tell = (message: object) => process.send?.(message);
const never = new AbortController().signal;

process.on('disconnect', () => process.exit(0));

try {
  await using database = await openDatabase(dataFolder);
  if (role === 'hold') {
    tell({ type: 'held' });
    await new Promise(() => setInterval(() => {}, 1000));
  }
  if (role === 'install') await installForEver(database);

  const tasks = createTasks({ database, log: createLog({ level: 'silent' }), clock: systemClock });
  for (const kind of ['DOWNLOAD', 'LOAD'] as const)
    tasks.define<{ key: string }, { done: string[] }>(kind, {
      resumesByItself: kind === 'DOWNLOAD',
      concurrency: 4,
      steps: ['ONE', 'TWO', 'THREE'].map((name) => ({
        name,
        async run({ input, journal, record, attempt }) {
          appendFileSync(join(dataFolder, 'ran.txt'), `${input.key} ${attempt} ${name} after ${journal.done?.join(',') ?? ''}\n`);
          await record({ done: [...(journal.done ?? []), name] });
          if (name !== stopAt) return;
          tell({ type: 'stopped' });
          await new Promise(() => setInterval(() => {}, 1000));
        },
      })),
    });
  await tasks.resume();
  if (role === 'tasks') {
    const { task } = await tasks.start({ kind: 'DOWNLOAD', input: { key: 'task' } });
    const load = await tasks.start({ kind: 'LOAD', input: { key: 'load' } });
    tell({ type: 'acknowledged', ids: [task.id, load.task.id] });
    await new Promise(() => setInterval(() => {}, 1000));
  }
  if (role === 'many')
    for (let index = 0; ; index++) {
      const started = await Promise.all(
        [1, 2, 3].map((part) => tasks.start({ kind: 'DOWNLOAD', input: { key: `${process.pid}.${index}.${part}` } })),
      );
      tell({ type: 'acknowledged', ids: started.map(({ task }) => task.id) });
    }
  const active = await tasks.list({ active: true }, { limit: 10_000 });
  for (const { item } of active.items) await tasks.settled(item.id, { timeoutMs: 30_000, signal: never });
  const { items } = await tasks.list({}, { limit: 10_000 });
  tell({
    type: 'finished',
    tasks: items.map(({ item }) => ({ id: item.id, kind: item.kind, state: item.state, attempt: item.attempt, error: item.error?.code })),
  });
} catch (error) {
  tell({ type: 'refused', message: (error as Error).message });
}

async function installForEver(database: Database): Promise<void> {
  const catalogue = createCatalogue({ database, dataFolder, clock: systemClock });
  await catalogue.reconcile();
  const contents = (revision: number) => ({
    'shared.txt': 'always the same',
    'own.txt': `revision ${revision}`,
    'sub/deep.txt': `${revision}`,
  });
  for (let revision = 1; ; revision++) {
    const request = await stage(dataFolder, 'o/m', contents(revision), `${process.pid}.${revision}`);
    tell({ type: 'installing', revision: request.revision });
    const { model } = await catalogue.install(request);
    tell({ type: 'installed', revision: model.revision });
    await catalogue.install(await stage(dataFolder, `o/copy-${revision % 3}`, contents(revision), `${process.pid}.${revision}`));
    if (revision % 5 === 0) {
      tell({ type: 'removing' });
      await catalogue.remove(model.id);
    }
  }
}
