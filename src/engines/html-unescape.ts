import entities from './html-entities.json' with { type: 'json' };

const named: Readonly<Record<string, string>> = entities;
/** A reference as HTML5 has it: decimal, hexadecimal, or a name, whose semicolon may be missing. */
const reference = /&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/gu;
/** What browsers make of numbers that mean control characters: their characters of Windows-1252. */
const windows = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const replacement = '\ufffd';

/**
 * Puts the characters in place of HTML's references to them, as Python's `html.unescape` does. Names without a semicolon count where
 * HTML5 has them, also as the beginning of a longer word.
 */
export function htmlUnescape(text: string): string {
  return text.includes('&') ? text.replace(reference, (whole: string, body: string) => characterOf(whole, body)) : text;
}

function characterOf(whole: string, body: string): string {
  if (body.startsWith('#')) return characterOfNumber(body.replace(/;$/, ''));
  if (Object.hasOwn(named, body)) return named[body] ?? whole;
  for (let length = body.length - 1; length > 1; length -= 1) {
    const name = body.slice(0, length);
    if (Object.hasOwn(named, name)) return (named[name] ?? '') + body.slice(length);
  }
  return whole;
}

function characterOfNumber(body: string): string {
  const isHexadecimal = body[1] === 'x' || body[1] === 'X';
  const code = isHexadecimal ? Number.parseInt(body.slice(2), 16) : Number.parseInt(body.slice(1), 10);
  if (code === 0) return replacement;
  if (code === 0x0d) return '\r';
  if (code >= 0x80 && code <= 0x9f) return windows[code - 0x80] ?? '';
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return replacement;
  return isNoCharacter(code) ? '' : String.fromCodePoint(code);
}

/** Control characters, and those that Unicode keeps free. */
function isNoCharacter(code: number): boolean {
  const isControl = (code >= 0x1 && code <= 0x8) || code === 0xb || (code >= 0xe && code <= 0x1f) || (code >= 0x7f && code <= 0x9f);
  return isControl || (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe;
}
