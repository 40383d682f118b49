/** One digit between the two, inclusive. */
type Digit = readonly [number, number];

/** No bound is further out: integers beyond are not exact in JavaScript. */
const maxDigits = 15;

export interface NumberBounds {
  /** Inclusive; null for none. */
  minimum: number | null;
  maximum: number | null;
  isMinimumExclusive: boolean;
  isMaximumExclusive: boolean;
}

/**
 * GBNF for the numbers within bounds that have at most so many decimals; null where there is none. Throws RangeError for bounds with
 * more digits than can be told exactly.
 */
export function numberGrammar(bounds: NumberBounds, { isInteger }: { isInteger: boolean }): string | null {
  const decimals = isInteger ? 0 : Math.max(2, decimalsOf(bounds.minimum), decimalsOf(bounds.maximum));
  const alternatives: string[] = [];
  for (let places = 0; places <= decimals; places += 1) {
    const least = scaled(bounds.minimum, places, 'up', bounds.isMinimumExclusive) ?? -(10n ** BigInt(maxDigits)) + 1n;
    const most = scaled(bounds.maximum, places, 'down', bounds.isMaximumExclusive) ?? 10n ** BigInt(maxDigits) - 1n;
    if (least < 0n) alternatives.push(...unsigned(most < 0n ? -most : 1n, -least, places).map((part) => `"-" ${part}`));
    if (most >= 0n) alternatives.push(...unsigned(least > 0n ? least : 0n, most, places));
  }
  return alternatives.length > 0 ? alternatives.join(' | ') : null;
}

/** The bound in units of the last decimal, moved inwards to a whole one; null for none, or one that is too far out to matter. */
function scaled(bound: number | null, places: number, direction: 'up' | 'down', isExclusive: boolean): bigint | null {
  if (bound === null) return null;
  const limit = 10 ** maxDigits;
  if (direction === 'up' ? bound <= -limit : bound >= limit) return null;
  if (Math.abs(bound) >= limit) throw new RangeError(`a bound has more than ${maxDigits} digits`);
  const text = plain(bound);
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const isNegative = text.startsWith('-');
  const kept = BigInt(whole + fraction.slice(0, places).padEnd(places, '0'));
  const isExact = !/[1-9]/.test(fraction.slice(places));
  const towardsZero = isNegative ? -kept : kept;
  if (isExact) return isExclusive ? towardsZero + (direction === 'up' ? 1n : -1n) : towardsZero;
  // What was cut off lies away from zero.
  if (direction === 'up') return isNegative ? towardsZero : towardsZero + 1n;
  return isNegative ? towardsZero - 1n : towardsZero;
}

function plain(bound: number): string {
  const text = String(bound);
  if (!text.includes('e')) return text;
  throw new RangeError('a bound is too close to 0 to be told exactly');
}

function decimalsOf(bound: number | null): number {
  const decimals = bound === null || Math.abs(bound) >= 10 ** maxDigits ? 0 : (plain(bound).split('.')[1]?.length ?? 0);
  if (decimals > 9) throw new RangeError('a bound has more than 9 decimals');
  return decimals;
}

/** Numbers from `least` to `most`, in units of the last decimal. */
function unsigned(least: bigint, most: bigint, places: number): string[] {
  const patterns: string[] = [];
  const longest = String(most).length;
  for (let length = Math.max(String(least).length, places + 1); length <= Math.max(longest, places + 1); length += 1) {
    // Shorter ones are filled up with zeros in front, of which one stands before the point.
    const floor = length > places + 1 ? 10n ** BigInt(length - 1) : 0n;
    const from = least > floor ? least : floor;
    const ceiling = 10n ** BigInt(length) - 1n;
    const to = most < ceiling ? most : ceiling;
    if (from > to) continue;
    const ranges = split(String(from).padStart(length, '0'), String(to).padStart(length, '0'));
    patterns.push(...ranges.map((digits) => printed(digits, places)));
  }
  return patterns;
}

/** Rows of digits that together are the numbers between two of equal length. */
function split(from: string, to: string): Digit[][] {
  if (from === '') return [[]];
  const [a, b] = [Number(from[0]), Number(to[0])];
  const rest = (low: string, high: string, digit: Digit) => split(low, high).map((row) => [digit, ...row]);
  const [lowRest, highRest] = [from.slice(1), to.slice(1)];
  if (a === b) return rest(lowRest, highRest, [a, a]);
  const zeros = '0'.repeat(lowRest.length);
  const nines = '9'.repeat(lowRest.length);
  const startsEarly = lowRest !== zeros;
  const endsLate = highRest !== nines;
  const [first, last] = [startsEarly ? a + 1 : a, endsLate ? b - 1 : b];
  return [
    ...(startsEarly ? rest(lowRest, nines, [a, a]) : []),
    ...(first <= last ? rest(zeros, nines, [first, last]) : []),
    ...(endsLate ? rest(zeros, highRest, [b, b]) : []),
  ];
}

function printed(digits: readonly Digit[], places: number): string {
  const part = (row: readonly Digit[]) => row.map(([low, high]) => (low === high ? `"${low}"` : `[${low}-${high}]`)).join(' ');
  const whole = part(digits.slice(0, digits.length - places));
  return places === 0 ? whole : `${whole} "." ${part(digits.slice(digits.length - places))}`;
}
