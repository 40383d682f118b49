import { seededRandom } from './random.ts';

/** Size of BERT's English vocabulary. */
const size = 30_522;
const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const letters = [...'abcdefghijklmnopqrstuvwxyz'];
const continuationShare = 0.19;

/** A WordPiece vocabulary of BERT's size: special tokens, letters, made words, and as many continuations as BERT has. */
export interface Vocabulary {
  readonly tokens: readonly string[];
  readonly words: readonly string[];
  /** Pieces that continue a word, without their `##`. */
  readonly continuations: readonly string[];
}

/** Makes the vocabulary: equal on every machine. */
export function makeVocabulary(): Vocabulary {
  const random = seededRandom(30_522);
  const made = new Set<string>();
  while (made.size < size) {
    const syllables = 1 + Math.floor(random() * 3);
    made.add(Array.from({ length: syllables }, () => syllable(random)).join(''));
  }
  const pieces = [...made].filter((piece) => piece.length > 1);
  const fixed = [...special, ...letters, ...letters.map((letter) => `##${letter}`)];
  const continuationCount = Math.floor(size * continuationShare);
  const continuations = pieces.slice(0, continuationCount);
  const words = pieces.slice(continuationCount, continuationCount + size - fixed.length - continuationCount);
  return { tokens: [...fixed, ...words, ...continuations.map((piece) => `##${piece}`)], words, continuations };
}

/** `tokenizer.json` as the Hugging Face library writes it for an uncased BERT. */
export function describeTokenizer({ tokens }: Vocabulary): object {
  const id = (token: string) => tokens.indexOf(token);
  const template = (token: string) => ({ id: token, ids: [id(token)], tokens: [token] });
  const added = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content) => ({ id: id(content), content, ...added })),
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
        { Sequence: { id: 'B', type_id: 1 } },
        { SpecialToken: { id: '[SEP]', type_id: 1 } },
      ],
      special_tokens: { '[CLS]': template('[CLS]'), '[SEP]': template('[SEP]') },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(tokens.map((token, index) => [token, index])),
    },
  };
}

function syllable(random: () => number): string {
  const pick = (from: string) => from[Math.floor(random() * from.length)] ?? '';
  return pick('bcdfghjklmnpqrstvwxz') + pick('aeiouy') + (random() < 0.4 ? pick('lmnrst') : '');
}
