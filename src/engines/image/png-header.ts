/** What a PNG says of its pixels, which decoders do not hand on. */
export interface PngHeader {
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly colorType: number;
  readonly bitDepth: number;
  /** Colours R, G, B of each index; empty where there is no palette. */
  readonly palette: Uint8Array;
}

/** Reads the header and the palette, which come before the pixels. Null where the chunks do not hang together. */
export function readPngHeader(bytes: Uint8Array): PngHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33 || chunkType(view, 8) !== 'IHDR') return null;
  const header = { bitDepth: view.getUint8(24), colorType: view.getUint8(25) };
  return { ...header, palette: findPalette(bytes, view) };
}

function findPalette(bytes: Uint8Array, view: DataView): Uint8Array {
  let position = 33;
  while (position + 12 <= bytes.length) {
    const length = view.getUint32(position);
    const type = chunkType(view, position);
    if (type === 'PLTE') return bytes.slice(position + 8, position + 8 + Math.min(length, 768));
    if (type === 'IDAT') break;
    position += 12 + length;
  }
  return new Uint8Array(0);
}

function chunkType(view: DataView, position: number): string {
  return String.fromCharCode(...[4, 5, 6, 7].map((offset) => view.getUint8(position + offset)));
}
