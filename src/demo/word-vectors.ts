/**
 * A vector of length `norm` for a word, with a mean of zero: the same for the same word on every machine, and nearly at a
 * right angle to every other word's. Only exact arithmetic is used, because logarithms and sines differ between machines.
 */
export function wordVector(word: string, dimensions: number, norm: number): Float32Array {
  const next = createRandom(hash(word));
  // Twelve uniform numbers less six are near enough to a normal distribution.
  const values = Array.from({ length: dimensions }, () => Array.from({ length: 12 }, next).reduce((sum, value) => sum + value, -6));
  const mean = values.reduce((sum, value) => sum + value, 0) / dimensions;
  const centred = values.map((value) => value - mean);
  const length = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(centred, (value) => (value / length) * norm);
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) state = Math.imul(state ^ byte, 0x01000193);
  return state >>> 0;
}

/** Mulberry32: numbers from 0 to 1 from a 32-bit seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
