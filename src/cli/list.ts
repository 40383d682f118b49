import type { Command } from './command.ts';
import { CommandError } from './failures.ts';
import { ListModelsDocument, type ListModelsQuery } from './operations.generated.ts';
import { formatBytes, formatTable } from './terminal.ts';

/** Lists the models that the server keeps. */
export const list: Command = {
  name: 'list',
  usage: '',
  about: 'List the models of the running server.',
  words: { least: 0, most: 0 },
  async run({ client, terminal, signal }) {
    const server = client();
    const rows: string[][] = [];
    let after: string | null = null;
    do {
      const { models }: ListModelsQuery = await server.execute(ListModelsDocument, { after }, signal);
      if (!models) throw new CommandError('The server did not list its models.');
      for (const { name, library, sizeBytes, installed, runtime } of models.nodes) {
        rows.push([name, library ?? '', installed ? formatBytes(sizeBytes) : 'no files', runtime?.state ?? 'not loaded']);
      }
      after = models.pageInfo.hasNextPage ? models.pageInfo.endCursor : null;
    } while (after !== null);
    terminal.print(formatTable(['NAME', 'LIBRARY', 'SIZE', 'STATE'], rows));
  },
};
