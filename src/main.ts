#!/usr/bin/env node
import { runCommandLine } from './cli/command-line.ts';
import { createTerminal } from './cli/terminal.ts';

const terminal = createTerminal({ input: process.stdin, output: process.stdout, errors: process.stderr });
process.exitCode = await runCommandLine(process.argv.slice(2), terminal);
// Whatever still holds the event loop, such as an idle connection of fetch, must not keep an ended command alive.
process.stdout.write('', () => process.exit());
