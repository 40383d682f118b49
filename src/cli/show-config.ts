import { describeConfig } from '../config.ts';
import type { Command } from './command.ts';
import { formatTable } from './terminal.ts';

/** Prints every setting with the value that it has here. */
export const showConfig: Command = {
  name: 'config',
  usage: '',
  about: 'Print every setting, its value here and what it is for.',
  words: { least: 0, most: 0 },
  async run({ config, terminal }) {
    const rows = describeConfig(config).map(({ name, value, about }) => [name, show(value), about]);
    terminal.print(formatTable(['NAME', 'VALUE', 'ABOUT'], rows));
  },
};

function show(value: unknown): string {
  if (value === null) return '(unset)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
