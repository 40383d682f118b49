import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Where commands write: the answer to standard output, everything else to standard error. */
export interface Terminal {
  /** One line or block of the answer. */
  print(text: string): void;
  /** A piece of a model's answer, at once; what would steer the terminal is taken out. */
  write(text: string): void;
  /** What the user types, a line at a time, asked for by `prompt` where somebody types; ends with the input, or at the signal. */
  questions(prompt: string, signal: AbortSignal): AsyncIterable<string>;
  /** One line about what went wrong; control characters of whoever wrote it are taken out. */
  printError(message: string): void;
  /** How far something has come: one line that is overwritten on a terminal, and left out where nobody looks. */
  showProgress(text: string): void;
  /** Ends the line of `showProgress`. */
  endProgress(): void;
}

interface Stream {
  write(text: string): unknown;
  isTTY?: boolean;
}

/** The terminal over the streams of a process. */
export function createTerminal({
  input,
  output,
  errors,
}: {
  input: Readable & { isTTY?: boolean };
  output: Stream;
  errors: Stream;
}): Terminal {
  const showsProgress = errors.isTTY === true;
  let progressWidth = 0;
  const clearProgress = () => {
    if (progressWidth > 0) errors.write(`\r${' '.repeat(progressWidth)}\r`);
    progressWidth = 0;
  };
  return {
    print(text) {
      clearProgress();
      output.write(`${text}\n`);
    },
    write(text) {
      clearProgress();
      output.write(withoutControls(text));
    },
    async *questions(prompt, signal) {
      const lines = createInterface({ input, signal });
      const ask = () => input.isTTY && errors.write(prompt);
      try {
        ask();
        for await (const line of lines) {
          yield line;
          ask();
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        lines.close();
      }
      signal.throwIfAborted();
    },
    printError(message) {
      clearProgress();
      errors.write(`${oneLine(message)}\n`);
    },
    showProgress(text) {
      if (!showsProgress) return;
      const line = oneLine(text);
      errors.write(`\r${line.padEnd(progressWidth)}`);
      progressWidth = line.length;
    },
    endProgress: clearProgress,
  };
}

/** Columns of equal width, as `ls -l` has them. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows].map((row) => row.map(oneLine));
  const widths = header.map((_, column) => Math.max(...lines.map((row) => row[column]?.length ?? 0)));
  return lines
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A number of bytes for people, e.g. `133.5 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  return power === 0 ? `${bytes} B` : `${(bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** A model's text may hold escape sequences that somebody taught it. */
function withoutControls(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '');
}

function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}
