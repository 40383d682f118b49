import type { TextCleaning } from '../formats/image-checkpoint.ts';
import { htmlUnescape } from './html-unescape.ts';

/** What Python's `str.split()` parts words at, but for four control characters; JavaScript's `\\s` is not the same. */
const pythonSpaces = /\p{White_Space}+/gu;
const controls = /\p{Cc}/gu;
/** Python's `string.punctuation`. */
const punctuation = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/gu;

const cleaners: Readonly<Record<TextCleaning, (text: string) => string>> = {
  OPEN_CLIP: (text) => joinWords(unescapeTwice(text)).toLowerCase(),
  OPEN_CLIP_CASED: (text) => joinWords(unescapeTwice(text)),
  OPEN_CLIP_CANONICAL: (text) => joinWords(unescapeTwice(text).replaceAll('_', ' ').replace(punctuation, '').toLowerCase()),
  SIGLIP: (text) => joinWords(text.toLowerCase().replace(punctuation, '')),
  LOWER: (text) => text.toLowerCase(),
  NONE: (text) => text,
};

/**
 * Makes a text what a CLIP model's tokenizer was trained to see. open_clip first runs ftfy, of which the composition of characters
 * (NFC) is done here; its repair of wrongly decoded text is not.
 *
 * Reference: open_clip, `tokenizer.py`, `basic_clean`, `whitespace_clean`, `canonicalize_text`; transformers, `SiglipTokenizer`.
 */
export function cleanClipText(text: string, cleaning: TextCleaning): string {
  return cleaners[cleaning](text);
}

/** Twice, for texts of the web are often escaped twice. */
function unescapeTwice(text: string): string {
  return htmlUnescape(htmlUnescape(text.normalize('NFC')));
}

function joinWords(text: string): string {
  const spaced = text.replace(controls, (control) => (isSeparator(control) ? ' ' : control));
  return spaced.replace(pythonSpaces, ' ').replace(/^ | $/gu, '');
}

/** Whether a control character is one of the separators of files, groups, records and units. */
function isSeparator(control: string): boolean {
  const code = control.charCodeAt(0);
  return code >= 0x1c && code <= 0x1f;
}
