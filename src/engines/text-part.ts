/**
 * The first `length` UTF-16 units of a text, or the last ones, cut where a word ends if one ends nearby, and never through a
 * surrogate pair. The whole text where it is not longer.
 */
export function textPart(text: string, length: number, side: 'first' | 'last'): string {
  if (text.length <= length) return text;
  if (side === 'first') return text.slice(0, cutBefore(text, length));
  return text.slice(cutAfter(text, text.length - length));
}

/** How far back a word's end is looked for; words are shorter, and text without any is cut anywhere. */
const searchUnits = 4096;

function cutBefore(text: string, at: number): number {
  for (let position = at; position > at - searchUnits && position > 0; position -= 1) if (isSpace(text, position)) return position;
  return isLowSurrogate(text, at) ? at - 1 : at;
}

function cutAfter(text: string, at: number): number {
  for (let position = at; position < at + searchUnits && position < text.length; position += 1)
    if (isSpace(text, position)) return position;
  return isLowSurrogate(text, at) ? at + 1 : at;
}

function isSpace(text: string, position: number): boolean {
  const unit = text.charCodeAt(position);
  return unit === 0x20 || unit === 0x0a;
}

function isLowSurrogate(text: string, position: number): boolean {
  return (text.charCodeAt(position) & 0xfc00) === 0xdc00;
}
