import { contentWords, endings, stopWords } from './words.ts';

/** One entry of the vocabulary, with the length of its vector. */
export interface WordPiece {
  text: string;
  norm: number;
}

const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789'];
const punctuation = [...'!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'];
const specialTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/** The vocabulary in id order. Single letters and their continuations are in it, so that any Latin text has tokens. */
export function listWordPieces(): WordPiece[] {
  const pieces: [texts: readonly string[], norm: number][] = [
    [specialTokens, 0.01],
    [contentWords, 1],
    [stopWords, 0.05],
    [letters, 0.5],
    [[...endings, ...letters].map((piece) => `##${piece}`), 0.2],
    [punctuation, 0.05],
  ];
  // The first mention counts: a stop word of one letter, or an ending that is a letter too, is there once.
  const norms = new Map<string, number>();
  for (const [texts, norm] of pieces) {
    for (const text of texts) norms.set(text, norms.get(text) ?? norm);
  }
  return [...norms].map(([text, norm]) => ({ text, norm }));
}

/** `tokenizer.json` as the Hugging Face library writes it for BERT: lower case, words, WordPiece, [CLS] … [SEP]. */
export function describeTokenizer(pieces: readonly WordPiece[]): object {
  const vocabulary = Object.fromEntries(pieces.map(({ text }, id) => [text, id]));
  const special = (token: string) => ({ id: token, ids: [vocabulary[token]], tokens: [token] });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content) => ({
      id: vocabulary[content],
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
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
      special_tokens: { '[CLS]': special('[CLS]'), '[SEP]': special('[SEP]') },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: vocabulary,
    },
  };
}
