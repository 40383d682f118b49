import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startStorageProcess } from '../support/killable-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test.each(['ONE', 'TWO', 'THREE'])('killed -9 in step %s, a task goes on there at the next start with what it recorded', async (step) => {
  await using folder = await temporaryFolder();
  await using worker = startStorageProcess(folder.path, 'tasks', step);
  const { ids = [] } = await worker.said('acknowledged');
  await worker.said('stopped', 2);
  await worker.kill();
  await using next = startStorageProcess(folder.path, 'finish');
  const { tasks = [] } = await next.said('finished');
  expect(tasks).toEqual([
    { id: ids[0], kind: 'DOWNLOAD', state: 'SUCCEEDED', attempt: 2 },
    { id: ids[1], kind: 'LOAD', state: 'FAILED', attempt: 1, error: 'INTERRUPTED' },
  ]);
  const ran = (await readFile(join(folder.path, 'ran.txt'), 'utf8')).split('\n').filter((line) => line.startsWith('task '));
  const steps = ['ONE', 'TWO', 'THREE'];
  const at = steps.indexOf(step);
  const done = (count: number) => steps.slice(0, count).join(',');
  expect(ran).toEqual([
    ...steps.slice(0, at + 1).map((name, index) => `task 1 ${name} after ${done(index)}`),
    `task 2 ${step} after ${done(at + 1)}`,
    ...steps
      .slice(at + 1)
      .map((name, index) => `task 2 ${name} after ${[...steps.slice(0, at + 1), step, ...steps.slice(at + 1, at + 1 + index)].join(',')}`),
  ]);
});

test('killed -9 again and again at random, no acknowledged task is lost and all of them end', async () => {
  await using folder = await temporaryFolder();
  const acknowledged: string[] = [];
  for (let round = 0; round < 8; round++) {
    await using worker = startStorageProcess(folder.path, 'many');
    await worker.said('acknowledged', 1 + Math.floor(Math.random() * 12));
    await worker.kill();
    for (const { ids } of worker.messages) acknowledged.push(...(ids ?? []));
  }
  await using last = startStorageProcess(folder.path, 'finish');
  const { tasks = [] } = await last.said('finished');
  const ends = new Map(tasks.map((task) => [task.id, task]));
  expect(acknowledged.filter((id) => !ends.has(id))).toEqual([]);
  for (const { state, attempt, error } of tasks) {
    if (state === 'SUCCEEDED') expect(attempt).toBeLessThanOrEqual(3);
    else expect([state, attempt, error]).toEqual(['FAILED', 3, 'INTERRUPTED']);
  }
});
