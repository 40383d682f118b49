const bitsPerSample = 258;
const photometricInterpretation = 262;
const [whiteIsZero, blackIsZero, paletteColor] = [0, 1, 3];

/**
 * Whether the first image of a TIFF has a palette or pixels of one bit, which decoders do not hand on. False where the file does not
 * hang together: that is the decoder's to say.
 *
 * Reference: TIFF 6.0, sections 2 and 8.
 */
export function isIndexedTiff(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittle = bytes[0] === 0x49;
  try {
    if (view.getUint16(2, isLittle) !== 42) return false;
    const directory = view.getUint32(4, isLittle);
    const fields = new Map<number, number>();
    for (let entry = 0; entry < view.getUint16(directory, isLittle); entry += 1) {
      const at = directory + 2 + entry * 12;
      // Both are of 16 bits; more than two values of one bit each are of no interest.
      fields.set(view.getUint16(at, isLittle), view.getUint16(at + 8, isLittle));
    }
    const photometric = fields.get(photometricInterpretation);
    const isOneBit = (fields.get(bitsPerSample) ?? 1) === 1;
    return photometric === paletteColor || (isOneBit && (photometric === whiteIsZero || photometric === blackIsZero));
  } catch {
    return false;
  }
}
