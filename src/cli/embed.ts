import type { Command } from './command.ts';
import { CommandError, ServerError } from './failures.ts';
import { followTask, startedTask } from './follow-task.ts';
import { EmbedTextsDocument, LoadModelDocument } from './operations.generated.ts';

/** Prints the vectors of texts as one JSON array; loads the model first where it is not in memory. */
export const embed: Command = {
  name: 'embed',
  usage: '<model> <text…>',
  about: 'Print the vectors of texts as JSON; loads the model first where needed.',
  words: { least: 2, most: Number.POSITIVE_INFINITY },
  async run({ words: [model = '', ...texts], client, terminal, signal }) {
    const server = client();
    const input = { model, items: texts.map((text) => ({ text })), normalization: 'UNIT', truncate: 'END' } as const;
    const ask = () => server.execute(EmbedTextsDocument, { input }, signal);
    const { embed: result } = await ask().catch(async (error: unknown) => {
      if (!(error instanceof ServerError) || error.code !== 'MODEL_NOT_LOADED') throw error;
      const { loadModel } = await server.execute(LoadModelDocument, { input: { name: model } }, signal);
      await followTask(startedTask(loadModel), { client: server, terminal, signal });
      return ask();
    });
    if (!result) throw new CommandError('The server answered no vectors.');
    terminal.print(JSON.stringify(result.embeddings.map(({ vector }) => vector)));
  },
};
