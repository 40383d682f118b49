import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { textPart } from '../../src/engines/text-part.ts';
import { openTokenizer } from '../../src/engines/tokenizer.ts';
import { InvalidModelFileError } from '../../src/errors.ts';
import { readTokenizerFiles, type TokenizerFiles } from '../../src/formats/tokenizer-files.ts';
import { madeTokenizer, madeVocabulary, writeJson } from '../support/checkpoint-maker.ts';
import { goldenExpected, goldenFolder } from '../support/golden.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const id = (token: string): number => madeVocabulary.indexOf(token);
const made = (side: 'left' | 'right' = 'right', json = JSON.stringify(madeTokenizer())): TokenizerFiles => ({
  json,
  file: 'tokenizer.json',
  maxTokens: null,
  truncationSide: side,
});

describe('encoding', () => {
  const expected = goldenExpected('tiny-bert-st');

  test('gives the reference ids, types, tokens and counts for every golden text', async () => {
    const tokenizer = await openTokenizer(await readTokenizerFiles(goldenFolder('tiny-bert-st'), ''), {
      maxTokens: expected.max_seq_length,
    });
    const encoded = await tokenizer.encode(
      expected.items.map(({ text }) => text),
      { withTokens: true },
    );
    for (const [index, item] of expected.items.entries()) {
      expect(
        { ...encoded[index], ids: [...(encoded[index]?.ids ?? [])], typeIds: [...(encoded[index]?.typeIds ?? [])] },
        item.text,
      ).toEqual({
        ids: item.input_ids,
        typeIds: item.token_type_ids,
        tokens: item.tokens,
        tokensBeforeTruncation: item.tokens_before_truncation,
        truncated: item.truncated,
      });
    }
  });

  test('uses neither truncation nor padding of tokenizer.json', async () => {
    const tokenizer = await openTokenizer(made(), { maxTokens: 12 });
    const [short, long] = await tokenizer.encode(['a', 'a cat sat on the mat and a dog sat on the mat']);
    expect([...(short?.ids ?? [])]).toEqual(['[CLS]', 'a', '[SEP]'].map(id));
    expect(long).toMatchObject({ truncated: true, tokensBeforeTruncation: 15 });
    expect([...(long?.ids ?? [])]).toEqual('[CLS] a cat sat on the mat and a dog sat [SEP]'.split(' ').map(id));
  });

  test('cuts the other end where the tokenizer says so', async () => {
    const tokenizer = await openTokenizer(made('left'), { maxTokens: 5 });
    const [encoded] = await tokenizer.encode(['a cat sat on the mat']);
    expect([...(encoded?.ids ?? [])]).toEqual('[CLS] on the mat [SEP]'.split(' ').map(id));
  });

  test('takes unpaired surrogates, NUL and an empty text', async () => {
    const tokenizer = await openTokenizer(made(), { maxTokens: 12 });
    const encoded = await tokenizer.encode(['\ud800', 'cat \udc00 dog', 'a\0b', '']);
    expect(encoded.map(({ ids }) => ids.length)).toEqual([2, 4, 4, 2]);
  });

  test.each([
    ['words', 'cat and dog '.repeat(850_000), 'cat and dog cat'],
    ['punctuation', '.,'.repeat(5_000_000), '. , . ,'],
    ['words behind a million spaces', `the${' '.repeat(1_000_000)}cat and dog on mat`, 'the cat and dog'],
  ])('reads ten megabytes of %s as far as it matters', async (_, text, tokens) => {
    const tokenizer = await openTokenizer(made(), { maxTokens: 6 });
    const [encoded] = await tokenizer.encode([text]);
    expect([...(encoded?.ids ?? [])]).toEqual(`[CLS] ${tokens} [SEP]`.split(' ').map(id));
    expect(encoded?.truncated).toBe(true);
    expect(encoded?.tokensBeforeTruncation).toBeGreaterThan(6);
  });

  test('reads a long text to its end when few tokens come of it', async () => {
    const tokenizer = await openTokenizer(made(), { maxTokens: 6 });
    const [word, spaces] = await tokenizer.encode(['x'.repeat(1_500_000), `cat${' '.repeat(1_500_000)}dog`]);
    expect(word).toMatchObject({ truncated: false, tokensBeforeTruncation: 3 });
    expect([...(spaces?.ids ?? [])]).toEqual('[CLS] cat dog [SEP]'.split(' ').map(id));
    expect(spaces?.truncated).toBe(false);
  });

  test('gives a long text the ids that it has when it is read whole', async () => {
    const text = 'the quick brown fox, jumps over 12 lazy dogs; is it hello? '.repeat(6000);
    const few = await openTokenizer(made(), { maxTokens: 500 });
    const many = await openTokenizer(made(), { maxTokens: 1_000_000 });
    const [[cut], [whole]] = await Promise.all([few.encode([text]), many.encode([text])]);
    expect([...(cut?.ids ?? [])].slice(0, -1)).toEqual([...(whole?.ids ?? [])].slice(0, 499));
    expect(whole?.truncated).toBe(false);
  });

  test('answers many texts in their order, long ones among short ones', async () => {
    const tokenizer = await openTokenizer(made(), { maxTokens: 4 });
    const texts = ['cat', 'dog '.repeat(100_000), 'mat', 'fox '.repeat(50_000), ...Array<string>(300).fill('sat '.repeat(1000))];
    const encoded = await tokenizer.encode(texts);
    expect(encoded.map(({ ids }) => madeVocabulary[ids[1] ?? 0])).toEqual(['cat', 'dog', 'mat', 'fox', ...Array<string>(300).fill('sat')]);
  });
});

describe('a tokenizer file', () => {
  const hostile: Record<string, string> = {
    nothing: '',
    'no JSON': 'tokenizer',
    'a list': '[]',
    null: 'null',
    'an empty object': '{}',
    'a model that is a number': '{"version":"1.0","model":1}',
    'an unknown model': JSON.stringify({ ...madeTokenizer(), model: { type: 'Magic' } }),
    'an unknown normalizer': JSON.stringify({ ...madeTokenizer(), normalizer: { type: 'Magic' } }),
    'a regular expression that is none': JSON.stringify({
      ...madeTokenizer(),
      pre_tokenizer: { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated', invert: false },
    }),
    'a template with an unknown token': JSON.stringify({
      ...madeTokenizer(),
      post_processor: {
        type: 'TemplateProcessing',
        single: [{ SpecialToken: { id: '[GONE]', type_id: 0 } }],
        pair: [],
        special_tokens: {},
      },
    }),
    'HTML of an error page': '<!doctype html><title>404</title>',
  };
  test.each(Object.entries(hostile))('of %s is refused', async (_, content) => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'tokenizer.json'), content);
    const open = async () => openTokenizer(await readTokenizerFiles(folder.path, ''), { maxTokens: 8 });
    const refusal = await open().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InvalidModelFileError);
    expect(refusal).toMatchObject({ file: 'tokenizer.json' });
  });

  test('that is missing is refused, as is one without room for text', async () => {
    await using folder = await temporaryFolder();
    await expect(readTokenizerFiles(folder.path, '')).rejects.toBeInstanceOf(InvalidModelFileError);
    await expect(openTokenizer(made(), { maxTokens: 2 })).rejects.toThrow('leave no room');
  });

  test('that cannot encode a text fails typed', async () => {
    const broken = {
      ...madeTokenizer(),
      model: {
        type: 'WordPiece',
        unk_token: '[GONE]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab: { '[CLS]': 2, '[SEP]': 3 },
      },
    };
    const tokenizer = await openTokenizer(made('right', JSON.stringify(broken)), { maxTokens: 8 });
    await expect(tokenizer.encode(['cat'])).rejects.toBeInstanceOf(InvalidModelFileError);
  });

  test('obeys tokenizer_config.json where BertTokenizer would', async () => {
    await using folder = await temporaryFolder();
    await writeJson(folder.path, 'tokenizer.json', madeTokenizer());
    await writeJson(folder.path, 'tokenizer_config.json', {
      tokenizer_class: 'BertTokenizer',
      do_lower_case: false,
      model_max_length: 1e30,
      truncation_side: 'left',
    });
    const files = await readTokenizerFiles(folder.path, '');
    expect(files).toMatchObject({ maxTokens: null, truncationSide: 'left' });
    const [encoded] = await (await openTokenizer(files, { maxTokens: 8 })).encode(['Cat cat']);
    expect([...(encoded?.ids ?? [])]).toEqual('[CLS] [UNK] cat [SEP]'.split(' ').map(id));
  });
});

describe('vocab.txt alone', () => {
  test('gives the ids of the tokenizer.json that was made from it', async () => {
    await using folder = await temporaryFolder();
    const golden = goldenFolder('tiny-bert-st');
    for (const file of ['vocab.txt', 'tokenizer_config.json']) await copyFile(join(golden, file), join(folder.path, file));
    const { items, max_seq_length: maxTokens } = goldenExpected('tiny-bert-st');
    const tokenizer = await openTokenizer(await readTokenizerFiles(folder.path, ''), { maxTokens });
    const encoded = await tokenizer.encode(items.map(({ text }) => text));
    expect(encoded.map(({ ids }) => [...ids])).toEqual(items.map(({ input_ids: ids }) => ids));
  });

  test('obeys do_lower_case, strip_accents and tokenize_chinese_chars', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'vocab.txt'), '[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\n[MASK]\r\nCafé\r\n中文\r\ncafe\r\n中\r\n文\r\n');
    const encode = async (config: unknown) => {
      await writeJson(folder.path, 'tokenizer_config.json', config);
      const [encoded] = await (await openTokenizer(await readTokenizerFiles(folder.path, ''), { maxTokens: 9 })).encode([
        'Café 中文 [MASK]',
      ]);
      return [...(encoded?.ids ?? [])];
    };
    expect(await encode({})).toEqual([2, 7, 8, 9, 4, 3]);
    expect(await encode({ do_lower_case: false, tokenize_chinese_chars: false })).toEqual([2, 5, 6, 4, 3]);
    expect(await encode({ do_lower_case: true, strip_accents: false })).toEqual([2, 1, 8, 9, 4, 3]);
  });

  test('goes on in added_tokens.json', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'vocab.txt'), '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\ncat\ndog\n');
    await writeJson(folder.path, 'added_tokens.json', { 'Grey Fox': 9, owl: 7, cat: 11, '[MASK]': 4 });
    const tokenizer = await openTokenizer(await readTokenizerFiles(folder.path, ''), { maxTokens: 9 });
    const [encoded] = await tokenizer.encode(['Cat grey FOX dog [MASK] OWL']);
    expect([...(encoded?.ids ?? [])]).toEqual([2, 5, 8, 6, 4, 7, 3]);
    for (const wrong of [{ owl: 'x' }, { owl: -1 }, { owl: null }]) {
      await writeJson(folder.path, 'added_tokens.json', wrong);
      await expect(readTokenizerFiles(folder.path, '')).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE', file: 'added_tokens.json' });
    }
  });

  test('without its special tokens is refused', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'vocab.txt'), 'cat\ndog\n');
    await expect(readTokenizerFiles(folder.path, '')).rejects.toThrow('"[UNK]"');
  });
});

test('a part of a text ends where a word ends, and never within a character', () => {
  expect(textPart('the cat sat', 9, 'first')).toBe('the cat');
  expect(textPart('the cat sat', 6, 'last')).toBe(' sat');
  expect(textPart('😀😀😀', 3, 'first')).toBe('😀');
  expect(textPart('😀😀😀', 3, 'last')).toBe('😀');
  expect(textPart('short', 9, 'first')).toBe('short');
});
