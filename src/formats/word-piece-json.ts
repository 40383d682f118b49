import type { JsonObject } from './json-file.ts';

export interface WordPieceOptions {
  /** Token → id. */
  vocabulary: ReadonlyMap<string, number>;
  /** Entries of `added_tokens`, lowest id first. */
  added: readonly object[];
  /** Stands for a word that the pieces cannot make; default `[UNK]`. */
  unknown?: string;
  /** Begins every text; default `[CLS]`. */
  cls?: string;
  /** Ends every text; default `[SEP]`. */
  sep?: string;
  /** Settings of the normaliser; default an uncased BERT's. */
  normalizer?: { chineseCharacters: boolean; stripAccents: boolean | null; lowercase: boolean };
}

/**
 * `tokenizer.json` of a BERT: words, then WordPiece, between [CLS] and [SEP].
 * Reference: transformers, `convert_slow_tokenizer.py`, `BertConverter`.
 */
export function wordPieceJson({
  vocabulary,
  added,
  unknown = '[UNK]',
  cls = '[CLS]',
  sep = '[SEP]',
  normalizer = { chineseCharacters: true, stripAccents: null, lowercase: true },
}: WordPieceOptions): JsonObject {
  const special = (token: string, type: number) => ({ SpecialToken: { id: token, type_id: type } });
  const sequence = (id: string, type: number) => ({ Sequence: { id, type_id: type } });
  const template = (token: string) => ({ id: token, ids: [vocabulary.get(token)], tokens: [token] });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: normalizer.chineseCharacters,
      strip_accents: normalizer.stripAccents,
      lowercase: normalizer.lowercase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special(cls, 0), sequence('A', 0), special(sep, 0)],
      pair: [special(cls, 0), sequence('A', 0), special(sep, 0), sequence('B', 1), special(sep, 1)],
      special_tokens: { [cls]: template(cls), [sep]: template(sep) },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: unknown,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary),
    },
  };
}
