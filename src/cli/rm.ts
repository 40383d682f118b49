import type { Command } from './command.ts';
import { followTask, startedTask } from './follow-task.ts';
import { DeleteModelDocument } from './operations.generated.ts';

/** Deletes models with their files. */
export const rm: Command = {
  name: 'rm',
  usage: '<model…>',
  about: 'Delete models and their files.',
  words: { least: 1, most: Number.POSITIVE_INFINITY },
  async run({ words, client, terminal, signal }) {
    const server = client();
    for (const name of words) {
      const { deleteModel } = await server.execute(DeleteModelDocument, { input: { name } }, signal);
      await followTask(startedTask(deleteModel), { client: server, terminal, signal });
      terminal.print(`${name} is deleted`);
    }
  },
};
