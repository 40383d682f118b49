/** Raster formats that are decoded. Nothing that is drawn by a program of its own (SVG, PDF, fonts) is among them. */
export type ImageFormat = 'JPEG' | 'PNG' | 'GIF' | 'WEBP' | 'TIFF' | 'AVIF';

/** Says what is wrong with bytes that are none of the formats, or null where the format is known. */
export type FormatVerdict = { readonly format: ImageFormat } | { readonly reason: string };

const taken = 'send JPEG, PNG, WebP, GIF, TIFF or AVIF.';

/** Which format the first bytes show. Only what is known here reaches the decoder, whatever else it could read. */
export function imageFormat(bytes: Uint8Array): FormatVerdict {
  if (bytes.length === 0) return { reason: 'it is empty.' };
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512)).toString('latin1');
  if (head.startsWith('\xff\xd8\xff')) return { format: 'JPEG' };
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return { format: 'PNG' };
  if (/^GIF8[79]a/.test(head)) return { format: 'GIF' };
  if (/^RIFF[\s\S]{4}WEBP/.test(head)) return { format: 'WEBP' };
  if (['II*\0', 'II+\0', 'MM\0*', 'MM\0+'].some((magic) => head.startsWith(magic))) return { format: 'TIFF' };
  if (/^[\s\S]{4}ftypavi[fs]/.test(head)) return { format: 'AVIF' };
  return { reason: `${otherFormat(head)}; ${taken}` };
}

/** What people send that is not taken, by name. */
function otherFormat(head: string): string {
  if (/^\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype svg|svg|!--)/i.test(head)) return 'it is an SVG or other XML, which is not drawn';
  if (head.startsWith('%PDF-')) return 'it is a PDF, which is not drawn';
  if (head.startsWith('\x1f\x8b')) return 'it is compressed with gzip';
  if (/^[\s\S]{4}ftyp/.test(head)) return 'it is an HEIC or video file';
  if (head.startsWith('BM')) return 'it is a BMP';
  if (/^\s*(?:<!doctype html|<html)/i.test(head)) return 'it is a web page';
  return 'its first bytes are of no format that is decoded';
}
