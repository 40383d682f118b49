import type { Command } from './command.ts';
import { aborted } from './stop-signal.ts';

/** Serves until it is asked to stop, then lets running requests finish. */
export const serve: Command = {
  name: 'serve',
  usage: '',
  about: 'Serve GraphQL and REST; what happens without a command.',
  words: { least: 0, most: 0 },
  async run({ config, terminal, signal }) {
    // The whole server is loaded only where it is run: the other commands start faster.
    const { createApp } = await import('../app.ts');
    await using app = await createApp({ config });
    // A stop that came while the data folder was opened.
    if (signal.aborted) return;
    const { url, ports } = await app.listen();
    terminal.print(`Modelkeep serves at ${url}`);
    for (const [family, port] of Object.entries(ports)) {
      if (family !== 'main') terminal.print(`${family} also on port ${port}`);
    }
    await aborted(signal);
  },
};
