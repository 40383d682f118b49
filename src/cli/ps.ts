import type { Command } from './command.ts';
import { CommandError } from './failures.ts';
import { ListLoadedModelsDocument } from './operations.generated.ts';
import { formatBytes, formatTable } from './terminal.ts';

/** Lists the models in memory. */
export const ps: Command = {
  name: 'ps',
  usage: '',
  about: 'List the models in memory.',
  words: { least: 0, most: 0 },
  async run({ client, terminal, signal }) {
    const { server } = await client().execute(ListLoadedModelsDocument, {}, signal);
    if (!server?.loadedModels) throw new CommandError('The server did not say what it has in memory.');
    const rows = server.loadedModels.map(({ name, runtime }) =>
      runtime
        ? [
            name,
            runtime.state,
            String(runtime.instances),
            formatBytes(runtime.memoryBytes),
            String(runtime.queueDepth),
            String(runtime.lastUsedAt ?? 'never'),
          ]
        : [name, 'not loaded', '', '', '', ''],
    );
    terminal.print(formatTable(['NAME', 'STATE', 'PROCESSES', 'MEMORY', 'WAITING', 'LAST USED'], rows));
    terminal.print(`${formatBytes(server.memory.usedBytes)} of ${formatBytes(server.memory.budgetBytes)} in use`);
  },
};
