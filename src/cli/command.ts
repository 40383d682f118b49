import type { Config } from '../config.ts';
import type { Client } from './client.ts';
import type { Terminal } from './terminal.ts';

/** One command of the command line. */
export interface Command {
  name: string;
  /** What stands after the name, e.g. `<model> <text…>`. */
  usage: string;
  /** One line for `--help`. */
  about: string;
  /** Fewest and most words after the name. */
  words: { least: number; most: number };
  /** Options of its own that take a value, besides the settings. */
  options?: readonly string[];
  /** Settings that it has other defaults for, e.g. `{data: './data/demo'}`. */
  defaults?: Readonly<Record<string, string>>;
  /** Runs to its end. What it throws is shown as one line. */
  run(context: CommandContext): Promise<void>;
}

export interface CommandContext {
  /** The words after the command's name. */
  words: readonly string[];
  /** The command's own options that were given. */
  options: Readonly<Record<string, string | undefined>>;
  config: Config;
  terminal: Terminal;
  /** Aborted by Ctrl-C and SIGTERM. */
  signal: AbortSignal;
  /** Speaks to the running server that `--url` or the settings name. */
  client(): Client;
}
