import { type Measured, median, speedUp } from './rounds.ts';

/** Prints a Markdown table under a heading. */
export function printTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  process.stdout.write(`\n### ${title}\n\n${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`);
}

/**
 * Prints times with how many times faster than the bases each contender was. Of the bare loops the faster one is the base: that is
 * what somebody who writes one would keep.
 */
export function printRatios(
  title: string,
  measured: Measured,
  { loops, peers }: { loops: readonly string[]; peers: readonly string[] },
): void {
  const [loop] = loops.toSorted((first, second) => median(measured.get(first) ?? []) - median(measured.get(second) ?? []));
  const bases = [...(loop === undefined ? [] : [loop]), ...peers];
  const rows = [...measured].map(([name, times]) => [
    name,
    median(times).toFixed(1),
    ...bases.map((base) => speedUp(measured, name, base).toFixed(2)),
  ]);
  printTable(title, ['', 'ms', ...bases.map((base) => `× ${base}`)], rows);
}
