import type { Command } from './command.ts';
import { CommandError, describeFailure } from './failures.ts';
import { followTask, startedTask } from './follow-task.ts';
import { lockedModels } from './locked-models.ts';
import { VerifyModelDocument } from './operations.generated.ts';

/** Reads the files of models again and says which differ from what was installed. */
export const verify: Command = {
  name: 'verify',
  usage: '[model…]',
  about: 'Check the files of models, of all by default, against their sha256.',
  words: { least: 0, most: Number.POSITIVE_INFINITY },
  async run({ words, client, terminal, signal }) {
    const server = client();
    const stored = async () => (await lockedModels(server, signal)).filter(({ files }) => files.length > 0).map(({ name }) => name);
    const names = words.length > 0 ? words : await stored();
    let failures = 0;
    for (const name of names) {
      try {
        const { verifyModel } = await server.execute(VerifyModelDocument, { input: { name } }, signal);
        await followTask(startedTask(verifyModel), { client: server, terminal, signal });
        terminal.print(`${name}: as installed`);
      } catch (error) {
        signal.throwIfAborted();
        failures += 1;
        terminal.printError(`${name}: ${describeFailure(error)}`);
      }
    }
    if (failures > 0) throw new CommandError(`${failures} of ${names.length} models are not as they were installed.`);
  },
};
