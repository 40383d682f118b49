import { describe, expect, test } from 'vitest';
import { chooseCheckpoint } from '../../src/sources/choose-checkpoint.ts';
import { parseRepositoryName, parseRevision } from '../../src/sources/repository-name.ts';
import { requireSafePaths, whyUnsafePath } from '../../src/sources/safe-path.ts';

const bert = JSON.stringify({ architectures: ['BertModel'], model_type: 'bert' });
const isBuiltArchitecture = (config: unknown) => (config as { model_type?: string } | null)?.model_type === 'bert';

/** Chooses from names; a file's text is given where it matters. */
function choose(files: readonly string[], texts: Record<string, string> = {}) {
  const all: Record<string, string> = { 'config.json': bert, ...texts };
  const readText = async (path: string) => all[path] ?? '{}';
  return chooseCheckpoint({ paths: files, readText, isBuiltArchitecture });
}

describe('choosing files', () => {
  test('takes what a sentence-transformers checkpoint needs and nothing else', async () => {
    const wanted = [
      '1_Pooling/config.json',
      'added_tokens.json',
      'config.json',
      'config_sentence_transformers.json',
      'merges.txt',
      'modules.json',
      'sentence_bert_config.json',
      'sentencepiece.bpe.model',
      'special_tokens_map.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'vocab.json',
      'vocab.txt',
      'model.safetensors',
    ];
    const unwanted = [
      'README.md',
      'LICENSE',
      '.gitattributes',
      'pytorch_model.bin',
      'tf_model.h5',
      'rust_model.ot',
      'flax_model.msgpack',
      'model.fp16.safetensors',
    ]
      .concat([
        'onnx/model.onnx',
        'onnx/model_O4.onnx',
        'onnx/model_quantized.onnx',
        'onnx/config.json',
        'openvino/openvino_model.xml',
        'openvino/openvino_model.bin',
      ])
      .concat([
        'coreml/model.mlpackage',
        'training_args.bin',
        'data_config.json',
        'train_script.py',
        'eval/similarity_results.csv',
        'model.onnx',
      ]);
    expect(await choose([...unwanted, ...wanted].sort())).toEqual(wanted);
  });

  test('takes the weights of a Dense module', async () => {
    const files = [
      'config.json',
      'modules.json',
      '1_Pooling/config.json',
      '2_Dense/config.json',
      '2_Dense/model.safetensors',
      '2_Dense/pytorch_model.bin',
      'model.safetensors',
    ];
    const chosen = await choose(files);
    expect(chosen).toContain('2_Dense/model.safetensors');
    expect(chosen).not.toContain('2_Dense/pytorch_model.bin');
  });

  test('refuses a module whose weights are a pickle only', async () => {
    await expect(choose(['config.json', '2_Dense/config.json', '2_Dense/pytorch_model.bin', 'model.safetensors'])).rejects.toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      reason: expect.stringContaining('2_Dense/pytorch_model.bin'),
    });
  });

  test('follows modules.json to a transformer in its own folder', async () => {
    const modules = JSON.stringify([
      { idx: 0, path: '0_Transformer' },
      { idx: 1, path: 'pooling' },
    ]);
    const files = [
      '0_Transformer/config.json',
      '0_Transformer/model.safetensors',
      '0_Transformer/vocab.txt',
      'modules.json',
      'pooling/config.json',
    ];
    expect(await choose(files, { 'modules.json': modules, '0_Transformer/config.json': bert })).toEqual([
      '0_Transformer/config.json',
      '0_Transformer/vocab.txt',
      'modules.json',
      'pooling/config.json',
      '0_Transformer/model.safetensors',
    ]);
  });

  test('takes the shards that the index names, and no others', async () => {
    const index = JSON.stringify({
      weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors', c: 'model-00001-of-00002.safetensors' },
    });
    const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
    const files = ['config.json', 'model.safetensors.index.json', ...shards, 'model-00003-of-00003.safetensors', 'onnx/model.onnx'];
    expect(await choose(files, { 'model.safetensors.index.json': index })).toEqual([
      'config.json',
      'model.safetensors.index.json',
      ...shards,
    ]);
  });

  test.each([
    ['{"weight_map":{"a":"../../etc/passwd"}}'],
    ['{"weight_map":{"a":"missing.safetensors"}}'],
    ['{"weight_map":{"a":"config.json"}}'],
    ['{"weight_map":null}'],
    ['[]'],
    ['nonsense'],
  ])('refuses the shard index %s', async (index) => {
    const files = ['config.json', 'model.safetensors.index.json', 'model-00001-of-00001.safetensors'];
    await expect(choose(files, { 'model.safetensors.index.json': index })).rejects.toMatchObject({
      code: 'INVALID_MODEL_FILE',
      file: 'model.safetensors.index.json',
    });
  });

  test("takes the heads beside a model's own weights where they are safetensors, never where they are pickles", async () => {
    const heads = ['colbert_linear.safetensors', 'sparse_linear.safetensors'];
    const pickles = ['colbert_linear.pt', 'sparse_linear.pt'];
    expect(await choose(['config.json', ...heads, ...pickles, 'model.safetensors'])).toEqual([
      'config.json',
      ...heads,
      'model.safetensors',
    ]);
    expect(await choose(['config.json', ...pickles, 'model.safetensors'])).toEqual(['config.json', 'model.safetensors']);
    expect(await choose(['config.json', ...heads, 'onnx/model.onnx'])).toEqual(['config.json', ...heads, 'onnx/model.onnx']);
    const modules = JSON.stringify([{ path: '0_Transformer' }, { path: '1_Pooling' }]);
    const nested = [
      '0_Transformer/config.json',
      '0_Transformer/sparse_linear.safetensors',
      '0_Transformer/model.safetensors',
      'modules.json',
    ];
    const chosen = await choose(nested, { 'modules.json': modules, '0_Transformer/config.json': bert });
    expect(chosen).toContain('0_Transformer/sparse_linear.safetensors');
  });

  test('takes ONNX instead of safetensors for an architecture that is not built', async () => {
    const config = { 'config.json': JSON.stringify({ architectures: ['NomicBertModel'], model_type: 'nomic_bert' }) };
    const files = ['config.json', 'model.safetensors', 'onnx/model.onnx', 'onnx/model.onnx_data', 'onnx/model_fp16.onnx', 'tokenizer.json'];
    expect(await choose(files, config)).toEqual(['config.json', 'tokenizer.json', 'onnx/model.onnx', 'onnx/model.onnx_data']);
    expect(await choose(['config.json', 'model.onnx', 'model.safetensors'], config)).toEqual(['config.json', 'model.onnx']);
    await expect(choose(['config.json', 'model.safetensors', 'onnx/model_fp16.onnx'], config)).rejects.toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      reason: expect.stringContaining('NomicBertModel'),
      remedy: expect.stringContaining('optimum-cli export onnx'),
    });
  });

  test('takes ONNX for a built architecture that has no safetensors', async () => {
    expect(await choose(['config.json', 'onnx/model.onnx', 'pytorch_model.bin'])).toEqual(['config.json', 'onnx/model.onnx']);
  });

  test.each([
    [['config.json', 'pytorch_model.bin'], 'pytorch_model.bin'],
    [['config.json', 'tf_model.h5'], 'tf_model.h5'],
    [['config.json', 'tokenizer.json'], 'no weights'],
    [['model.safetensors'], 'config.json'],
    [[], 'config.json'],
  ])('refuses %j, saying why', async (files, reason) => {
    await expect(choose(files)).rejects.toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      reason: expect.stringContaining(reason),
      remedy: expect.any(String),
    });
  });

  test('refuses a config.json that is not JSON', async () => {
    await expect(choose(['config.json', 'model.safetensors'], { 'config.json': '{' })).rejects.toMatchObject({
      code: 'INVALID_MODEL_FILE',
      file: 'config.json',
    });
  });
});

describe('paths from somewhere else', () => {
  const long = 'x'.repeat(256);
  test.each([
    '',
    '/etc/passwd',
    '../x',
    'a/../../x',
    'a/..',
    '..',
    '.',
    './x',
    'a//b',
    'a/',
    '/',
    'a\\b',
    '..\\x',
    'C:\\x',
    'c:x',
    'C:/x',
    'a\0b',
    'a\nb',
    'a\u007fb',
    long,
    `a/${long}`,
    `${'a/'.repeat(600)}x`,
    'a\ud800',
  ])('%j is unsafe', (path) => {
    expect(whyUnsafePath(path)).toEqual(expect.any(String));
  });

  test.each(['model.safetensors', '1_Pooling/config.json', 'a b/ü.json', '.hidden', '..x', 'x..'])('%j is safe', (path) => {
    expect(whyUnsafePath(path)).toBeNull();
  });

  test('two names that a file system may take for one are refused, naming the second', () => {
    for (const pair of [
      ['vocab.txt', 'Vocab.txt'],
      ['vocab.txt', 'vocab.txt'],
      ['\u00e9', 'e\u0301'],
    ]) {
      expect(() => requireSafePaths(pair)).toThrow(expect.objectContaining({ code: 'INVALID_MODEL_FILE', file: pair[1] }));
    }
  });
});

describe('names of repositories and revisions', () => {
  test('are taken as the hub writes them', () => {
    expect(parseRepositoryName('intfloat/e5-small-v2')).toBe('intfloat/e5-small-v2');
    expect(parseRepositoryName('bert-base-uncased')).toBe('bert-base-uncased');
    expect(parseRepositoryName('hf-hub:apple/MobileCLIP-S1-OpenCLIP')).toBe('apple/MobileCLIP-S1-OpenCLIP');
    for (const revision of ['main', 'refs/pr/12', 'v1.0', 'feature/x', '0123456789012345678901234567890123456789'])
      expect(parseRevision(revision)).toBe(revision);
    expect(parseRevision(null)).toBe('main');
  });

  test.each([
    '',
    'a/b/c',
    '/a',
    'a/',
    '../x',
    'a/..',
    'a/.',
    'a b',
    'a/b?x',
    'a/b#x',
    'a\\b',
    'https://huggingface.co/a/b',
    'a/%2e%2e',
    'a/b\n',
    'a/b\0',
    'é/x',
    'a@b',
    `a/${'x'.repeat(200)}`,
  ])('the repository %j is refused', (name) => {
    expect(() => parseRepositoryName(name)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', field: 'repository' }));
  });

  test.each([
    '',
    '../main',
    'a..b',
    '/main',
    'main/',
    'a b',
    'a\nb',
    'a?b',
    'a*b',
    'a\\b',
    'a~1',
    'a^',
    'a:b',
    '.x',
    'a/.x',
    'x.lock',
    '-x',
    'a//b',
    'a@{1}',
    'x'.repeat(300),
  ])('the revision %j is refused', (revision) => {
    expect(() => parseRevision(revision)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', field: 'revision' }));
  });
});

describe('choosing files of open_clip', () => {
  const files = ['config.json', 'open_clip_config.json', 'tokenizer.json', 'model.safetensors', 'open_clip_model.safetensors'];
  const texts = { 'config.json': '{"architecture":"vit_base_patch32_clip_224"}', 'open_clip_config.json': '{"model_cfg":{"built":true}}' };
  const isBuiltArchitecture = (config: unknown) => JSON.stringify(config).includes('built') || JSON.stringify(config).includes('vit');
  const chooseOf = (names: readonly string[], library?: 'TIMM' | 'OPEN_CLIP', more: Record<string, string> = {}) => {
    const all: Record<string, string> = { ...texts, ...more };
    return chooseCheckpoint({ paths: names, readText: async (path) => all[path] ?? '{}', isBuiltArchitecture, library });
  };

  test('takes the whole model, not the image tower that timm has beside it', async () => {
    const wanted = files.filter((name) => name !== 'model.safetensors');
    expect(await chooseOf(files)).toEqual(wanted);
    expect(await chooseOf(files, 'OPEN_CLIP')).toEqual(wanted);
  });

  test('takes the image tower alone where timm is asked for', async () => {
    expect(await chooseOf(files, 'TIMM')).toEqual(['config.json', 'open_clip_config.json', 'tokenizer.json', 'model.safetensors']);
  });

  test('names the towers of a model that is not built', async () => {
    const other = '{"model_cfg":{"vision_cfg":{"timm_model_name":"pe_core"},"text_cfg":{}}}';
    const names = ['open_clip_config.json', 'open_clip_model.safetensors'];
    await expect(chooseOf(names, undefined, { 'open_clip_config.json': other })).rejects.toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      message: expect.stringContaining('"pe_core"'),
    });
  });
});
