/**
 * The character that stands for each byte in a byte-level BPE vocabulary, by byte: printable ones for themselves, the others
 * from U+0100 on. Reference: GPT-2, `bytes_to_unicode`.
 */
export const byteCharacters: readonly string[] = (() => {
  const isPrintable = (byte: number) => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    if (isPrintable(byte)) return String.fromCharCode(byte);
    others += 1;
    return String.fromCharCode(255 + others);
  });
})();
