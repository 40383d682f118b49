import type { TextCleaning } from '../formats/image-checkpoint.ts';
import { htmlUnescape } from './html-unescape.ts';

/** What Python's `str.split()` parts words at, which is not what JavaScript takes for white space. */
const pythonSpaces = /[\p{White_Space}\u001c-\u001f]+/gu;
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
  return text.replace(pythonSpaces, ' ').replace(/^ | $/gu, '');
}
