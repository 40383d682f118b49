import type { Client } from './client.ts';
import type { Command } from './command.ts';
import { followTask, startedTask } from './follow-task.ts';
import { CancelTaskDocument, DownloadModelDocument } from './operations.generated.ts';
import { formatBytes } from './terminal.ts';

/** How long a cancel that Ctrl-C asked for may take, in milliseconds. */
const cancelTimeoutMs = 5000;

/** Downloads a model from the hub; Ctrl-C cancels the download and keeps what came, for the next time. */
export const pull: Command = {
  name: 'pull',
  usage: '<repository[:Q4_K_M]> [--revision <revision>] [--include <patterns>] [--exclude <patterns>]',
  about: 'Download a model from the hub.',
  words: { least: 1, most: 1 },
  options: ['revision', 'include', 'exclude'],
  async run({ words: [repository = ''], options: { revision = 'main', include, exclude }, client, terminal, signal }) {
    const server = client();
    const input = { source: { repository, revision }, include: patterns(include), exclude: patterns(exclude) };
    const { downloadModel } = await server.execute(DownloadModelDocument, { input }, signal);
    const task = startedTask(downloadModel);
    try {
      const { model } = await followTask(task, { client: server, terminal, signal });
      terminal.print(model ? `${model.name}: ${formatBytes(model.sizeBytes)}` : repository);
    } catch (error) {
      if (signal.aborted) await cancel(server, task.id);
      throw error;
    }
  },
};

/** Patterns with commas between. */
function patterns(text: string | undefined): string[] {
  return (text ?? '').split(',').filter((part) => part !== '');
}

async function cancel(server: Client, id: string): Promise<void> {
  await server.execute(CancelTaskDocument, { input: { id, keepPartial: true } }, AbortSignal.timeout(cancelTimeoutMs));
}
