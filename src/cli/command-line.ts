import { parseArgs } from 'node:util';
import { optionNames, readConfig } from '../config.ts';
import { version } from '../version.ts';
import { apply } from './apply.ts';
import { createClient, urlOfConfig } from './client.ts';
import type { Command } from './command.ts';
import { demo } from './demo.ts';
import { embed } from './embed.ts';
import { describeFailure, UsageError } from './failures.ts';
import { list } from './list.ts';
import { lock } from './lock.ts';
import { ps } from './ps.ts';
import { pull } from './pull.ts';
import { rm } from './rm.ts';
import { run } from './run.ts';
import { serve } from './serve.ts';
import { showConfig } from './show-config.ts';
import { listenForStop } from './stop-signal.ts';
import type { Terminal } from './terminal.ts';
import { verify } from './verify.ts';

const commands: readonly Command[] = [serve, demo, showConfig, list, ps, pull, run, embed, rm, lock, apply, verify];

/** Runs one command line and answers the exit code: 0 done, 1 failed, 2 not understood, 130 the user left. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  using stop = listenForStop();
  try {
    const line = parseCommandLine(args);
    if (line.asksFor) {
      terminal.print(line.asksFor === 'version' ? version : describeUsage());
      return 0;
    }
    const { command, words, options, settings } = line;
    const config = readConfig({ ...command.defaults, ...settings });
    const client = () => createClient({ url: (options.url ?? urlOfConfig(config)).replace(/\/+$/, ''), key: config.apiKeys[0] });
    await command.run({ words, options, config, terminal, signal: stop.signal, client });
    return 0;
  } catch (error) {
    terminal.endProgress();
    if (stop.signal.aborted && isAbort(error)) return 130;
    terminal.printError(describeFailure(error));
    return error instanceof UsageError ? 2 : 1;
  }
}

interface CommandLine {
  command: Command;
  words: string[];
  options: Record<string, string | undefined>;
  settings: Record<string, string | undefined>;
  asksFor: 'help' | 'version' | null;
}

/** Takes the words and options apart. Throws `UsageError` for what no command knows. */
function parseCommandLine(args: readonly string[]): CommandLine {
  const settingNames = optionNames();
  const ownNames = ['url', ...new Set(commands.flatMap(({ options = [] }) => options))];
  const texts = Object.fromEntries([...settingNames, ...ownNames].map((name) => [name, { type: 'string' as const }]));
  const { values, positionals } = parse(args, texts);
  const [name = 'serve', ...words] = positionals;
  const command = commands.find((candidate) => candidate.name === name);
  if (!command)
    throw new UsageError(`There is no command ${JSON.stringify(name)}. There are: ${commands.map((known) => known.name).join(', ')}.`);
  const pick = (names: readonly string[]) =>
    Object.fromEntries(names.flatMap((key) => (typeof values[key] === 'string' ? [[key, values[key]]] : [])));
  const options = pick(ownNames);
  const asksFor = values.help ? 'help' : values.version ? 'version' : null;
  for (const option of asksFor ? [] : Object.keys(options)) {
    if (option !== 'url' && !command.options?.includes(option)) throw new UsageError(`modelkeep ${name} has no option --${option}.`);
  }
  if (!asksFor && (words.length < command.words.least || words.length > command.words.most))
    throw new UsageError(`Usage: modelkeep ${command.name} ${command.usage}`);
  return { command, words, options, settings: pick(settingNames), asksFor };
}

function parse(args: readonly string[], texts: Record<string, { type: 'string' }>) {
  const switches = { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' } } as const;
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: { ...texts, ...switches } }) as {
      values: Record<string, string | boolean | undefined>;
      positionals: string[];
    };
  } catch (error) {
    throw new UsageError(`${(error as Error).message} Run "modelkeep --help" for what there is.`);
  }
}

function describeUsage(): string {
  const width = Math.max(...commands.map(({ name, usage }) => `${name} ${usage}`.length));
  return [
    'Usage: modelkeep [command] [options]',
    '',
    ...commands.map(({ name, usage, about }) => `  ${`${name} ${usage}`.padEnd(width)}  ${about}`),
    '',
    'Every setting is an option too, e.g. --port 0 --data ./data; "modelkeep config" prints them.',
    '--url names the server that a command speaks to; the default is --host and --port.',
  ].join('\n');
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
