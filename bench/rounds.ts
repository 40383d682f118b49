import type { Contender } from './contender.ts';

/** What a measurement gave, round by round; index i of all contenders was measured in the same round. */
export type Measured = ReadonlyMap<string, readonly number[]>;

/**
 * Measures contenders in turn, round after round, the order turned round each time: whatever else the machine does hits all of
 * them alike. One round before that is not counted.
 */
export async function interleave(
  contenders: readonly Contender[],
  { rounds, measure }: { rounds: number; measure: (contender: Contender) => Promise<number> },
): Promise<Measured> {
  const measured = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (const contender of contenders) await measure(contender);
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const contender of order) measured.get(contender.name)?.push(await measure(contender));
  }
  return measured;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((first, second) => first - second);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The value below which a share of all lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((first, second) => first - second);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** How many times faster than `base` a contender was: the median over rounds of each round's ratio of times. */
export function speedUp(measured: Measured, name: string, base: string): number {
  const [times = [], bases = []] = [measured.get(name), measured.get(base)];
  return median(times.map((time, round) => (bases[round] ?? Number.NaN) / time));
}
