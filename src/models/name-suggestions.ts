import { foldName } from './names.ts';

const mostSuggestions = 3;
const longestCompared = 200;

/** Names spelt like the wanted one, best first: those that contain it or end in something within a few strokes of it. */
export function suggestNames(wanted: string, names: readonly string[]): string[] {
  const target = foldName(wanted.slice(0, longestCompared));
  const farthest = Math.min(4, Math.max(1, Math.floor(target.length / 3)));
  const scored = names.flatMap((name) => {
    const folded = foldName(name);
    const lastPart = folded.slice(folded.lastIndexOf('/') + 1);
    const contains = target.length >= 3 && folded.includes(target) ? 0.5 : Number.POSITIVE_INFINITY;
    // A wrong or missing owner is as common a slip as a wrong letter.
    const targetPart = target.slice(target.lastIndexOf('/') + 1);
    const score = Math.min(contains, distance(target, folded, farthest), distance(targetPart, lastPart, Math.min(2, farthest)) + 0.6);
    return score <= farthest + 0.6 ? [{ name, score }] : [];
  });
  scored.sort((a, b) => a.score - b.score || a.name.localeCompare(b.name));
  return [...new Set(scored.map(({ name }) => name))].slice(0, mostSuggestions);
}

/**
 * Edits between two texts (insert, delete, replace, swap of neighbours), or infinity beyond `limit`. Only the band of the
 * table where the result can be within the limit is computed, so that long hostile names cost little.
 */
export function distance(first: string, second: string, limit: number): number {
  if (Math.abs(first.length - second.length) > limit) return Number.POSITIVE_INFINITY;
  const infinity = limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: second.length + 1 }, (_, column) => column);
  for (let row = 1; row <= first.length; row++) {
    const current = new Array<number>(second.length + 1).fill(infinity);
    current[0] = row;
    let least = row;
    const end = Math.min(second.length, row + limit);
    for (let column = Math.max(1, row - limit); column <= end; column++) {
      const same = first[row - 1] === second[column - 1];
      let cost = Math.min(
        (last[column] ?? infinity) + 1,
        (current[column - 1] ?? infinity) + 1,
        (last[column - 1] ?? infinity) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && first[row - 1] === second[column - 2] && first[row - 2] === second[column - 1])
        cost = Math.min(cost, (beforeLast[column - 2] ?? infinity) + 1);
      current[column] = cost;
      least = Math.min(least, cost);
    }
    if (least > limit) return Number.POSITIVE_INFINITY;
    beforeLast = last;
    last = current;
  }
  const result = last[second.length] ?? infinity;
  return result > limit ? Number.POSITIVE_INFINITY : result;
}
