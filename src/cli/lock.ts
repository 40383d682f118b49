import { writeFile } from 'node:fs/promises';
import { version } from '../version.ts';
import type { Command } from './command.ts';
import { writeLock } from './lock-file.ts';
import { lockedModels } from './locked-models.ts';

/** Writes down every model of the server, so that `apply` makes another one the same. */
export const lock: Command = {
  name: 'lock',
  usage: '[file]',
  about: 'Write every model with its source, commit, digests and settings as JSON.',
  words: { least: 0, most: 1 },
  async run({ words: [path], client, terminal, signal }) {
    const models = await lockedModels(client(), signal);
    const text = writeLock({ version: 1, server: version, models });
    if (path === undefined) return terminal.print(text.trimEnd());
    await writeFile(path, text);
    terminal.print(`${path}: ${models.length} models`);
  },
};
