const mostCodes = 4096;

/**
 * GIF's variant of LZW: answers `length` values, `fill` where the data says that it ends before; null where it breaks off or makes no
 * sense.
 */
export function decodeLzw(
  data: Uint8Array,
  { lowestBits, length, fill }: { lowestBits: number; length: number; fill: number },
): Uint8Array | null {
  if (lowestBits < 1 || lowestBits > 8) return null;
  const result = new Uint8Array(length).fill(fill);
  const [clear, end] = [1 << lowestBits, (1 << lowestBits) + 1];
  // A code is what another code stands for and one value more.
  const [prefixes, suffixes, lengths] = [new Uint16Array(mostCodes), new Uint8Array(mostCodes), new Uint16Array(mostCodes)];
  for (let code = 0; code < clear; code += 1) [suffixes[code], lengths[code]] = [code, 1];
  let [codeBits, next, previous] = [lowestBits + 1, end + 1, -1];
  let [bits, bitCount, position, written] = [0, 0, 0, 0];
  while (written < length) {
    while (bitCount < codeBits) {
      const byte = data[position++];
      if (byte === undefined) return null;
      bits |= byte << bitCount;
      bitCount += 8;
    }
    const code = bits & ((1 << codeBits) - 1);
    bits >>>= codeBits;
    bitCount -= codeBits;
    if (code === end) return result;
    if (code === clear) {
      [codeBits, next, previous] = [lowestBits + 1, end + 1, -1];
      continue;
    }
    if (code > next || (code === next && previous < 0) || (previous < 0 && code > end)) return null;
    // The code that is only about to be made stands for the previous one and that one's first value.
    const known = code === next ? previous : code;
    const count = (lengths[known] ?? 0) + (code === next ? 1 : 0);
    let [at, place] = [known, written + (lengths[known] ?? 0) - 1];
    for (; place > written; place -= 1, at = prefixes[at] ?? 0) if (place < length) result[place] = suffixes[at] ?? 0;
    const first = suffixes[at] ?? 0;
    result[written] = first;
    if (code === next && written + count - 1 < length) result[written + count - 1] = first;
    written += count;
    if (previous >= 0 && next < mostCodes) {
      prefixes[next] = previous;
      suffixes[next] = first;
      lengths[next] = (lengths[previous] ?? 0) + 1;
      next += 1;
      if (next === 1 << codeBits && codeBits < 12) codeBits += 1;
    }
    previous = code;
  }
  return result;
}
