import { describe, expect, it } from 'vitest';
import { cleanClipText } from '../../src/engines/clip-text.ts';
import { htmlUnescape } from '../../src/engines/html-unescape.ts';

describe('cleaning of texts for CLIP', () => {
  it.each([
    ['  A   Photo\n of\ta CAT ', 'a photo of a cat'],
    ['AT&amp;amp;T &lt;b&gt;bold&lt;/b&gt;', 'at&t <b>bold</b>'],
    ['e\u0301t\u00e9', '\u00e9t\u00e9'],
    // Python's white space, but not a zero-width space or a byte order mark.
    ['a\u001cb\u00a0c\u3000d\u200be\ufefff', 'a b c d\u200be\ufefff'],
    ['ΟΔΟΣ', 'οδος'],
    ['', ''],
  ])('open_clip makes of %j', (text, expected) => {
    expect(cleanClipText(text, 'OPEN_CLIP')).toBe(expected);
  });

  it('keeps the case, takes punctuation away, or does nothing, as the model wants it', () => {
    const text = ' A_Photo, of &quot;Cats&quot;!  ';
    expect(cleanClipText(text, 'OPEN_CLIP_CASED')).toBe('A_Photo, of "Cats"!');
    expect(cleanClipText(text, 'OPEN_CLIP_CANONICAL')).toBe('a photo of cats');
    expect(cleanClipText(text, 'SIGLIP')).toBe('aphoto of quotcatsquot');
    expect(cleanClipText(text, 'LOWER')).toBe(' a_photo, of &quot;cats&quot;!  ');
    expect(cleanClipText(text, 'NONE')).toBe(text);
  });

  it('ends soon for long texts', () => {
    const text = '&amp'.repeat(250_000);
    expect(cleanClipText(text, 'OPEN_CLIP')).toHaveLength(250_000);
  });
});

describe('references of HTML', () => {
  it.each([
    ['&lt;&gt;&amp;&quot;&#39;&#x27;', "<>&\"''"],
    ['&notit; &notin; &notanything', '¬it; ∉ ¬anything'],
    ['&copy &copy; &CounterClockwiseContourIntegral;', '© © ∳'],
    ['&#128;&#x9f;&#0;&#xD800;&#x110000;&#13;', '€Ÿ\ufffd\ufffd\ufffd\r'],
    ['&#1;&#xFDD0;&#x1FFFE;a', 'a'],
    ['&#;&#x;&;& &unknown; &constructor;', '&#;&#x;&;& &unknown; &constructor;'],
    ['&#99999999999999999999;', '\ufffd'],
    ['&NotEqualTilde;', '≂̸'],
  ])('%j are what Python makes of them', (text, expected) => {
    expect(htmlUnescape(text)).toBe(expected);
  });
});
