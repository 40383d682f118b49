import { cp, link, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectCheckpoint, openEngine } from '../../src/engines/open.ts';
import { InputTooLongError, InvalidModelFileError, UnsupportedModelError } from '../../src/errors.ts';
import { bert } from '../../src/formats/architectures/bert.ts';
import { createGraph } from '../../src/formats/onnx-graph.ts';
import { readStoredTensors } from '../../src/formats/safetensors.ts';
import { createWeights } from '../../src/formats/weights.ts';
import {
  type CheckpointOptions,
  madeTensors,
  madeTokenizer,
  madeVocabulary,
  makeCheckpoint,
  stored,
  writeJson,
  writeWeights,
} from '../support/checkpoint-maker.ts';
import { embedTogether, embedWith, prepareTexts } from '../support/embedding.ts';
import { expectClose, largestDifference } from '../support/golden.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const texts = ['hello world', 'the quick brown fox jumps over the lazy dog', '', 'cat '.repeat(60)];

describe('preparing texts', () => {
  test('strips, puts the prompt in front and lower-cases where the model says so', async () => {
    await using folder = await temporaryFolder();
    await makeCheckpoint(folder.path);
    await writeJson(folder.path, 'tokenizer_config.json', { tokenizer_class: 'BertTokenizer', do_lower_case: false });
    const idsOf = async (text: string, prompt: string): Promise<number[]> => {
      await using engine = await openEngine(folder.path, { threads: 1 });
      const [prepared] = await prepareTexts(engine, [text], { prompt });
      return [...(prepared?.ids ?? [])];
    };
    const ids = (tokens: string): number[] => tokens.split(' ').map((token) => madeVocabulary.indexOf(token));
    expect(await idsOf('Cat', ' query: ')).toEqual(ids('[CLS] query : [UNK] [SEP]'));
    await writeJson(folder.path, 'sentence_bert_config.json', { max_seq_length: 32, do_lower_case: true });
    expect(await idsOf('Cat', ' QUERY: ')).toEqual(ids('[CLS] query : cat [SEP]'));
  });

  test('refuses what is too long when it may not be cut, that text alone, under its index in the request', async () => {
    await using folder = await temporaryFolder();
    await makeCheckpoint(folder.path);
    await using engine = await openEngine(folder.path, { threads: 1 });
    const options = { kind: 'tokenizeTexts', firstIndex: 10, prompt: '', truncate: 'NONE' } as const;
    const prepared = await engine.prepare({ ...options, items: ['cat', 'cat '.repeat(31), 'cat '.repeat(30)] });
    expect(prepared[0]).toMatchObject({ tokens: ['[CLS]', 'cat', '[SEP]'], tokensBeforeTruncation: 3 });
    expect(prepared[1]).toBeInstanceOf(InputTooLongError);
    expect(prepared[1]).toMatchObject({ index: 11, tokens: 33, limit: 32 });
    expect(prepared[2]).toMatchObject({ truncated: false });
    const [long] = await engine.prepare({ ...options, items: ['cat '.repeat(2_500_000)] });
    expect(long).toBeInstanceOf(InputTooLongError);
  });

  test('refuses a text whose ids the word table does not have, and runs the others', async () => {
    await using folder = await temporaryFolder();
    await makeCheckpoint(folder.path);
    const tokenizer = madeTokenizer() as { model: { vocab: Record<string, number> } };
    tokenizer.model.vocab.beyond = 5000;
    await writeJson(folder.path, 'tokenizer.json', tokenizer);
    await using engine = await openEngine(folder.path, { threads: 1 });
    const work = { kind: 'embedTexts', firstIndex: 0, prompt: '', truncate: 'END', normalization: 'UNIT', dimensions: null } as const;
    const [good, bad] = await engine.prepare({ ...work, items: ['cat', 'beyond'] });
    expect(good).toMatchObject({ truncated: false });
    expect(bad).toBeInstanceOf(InvalidModelFileError);
    expect(bad).toMatchObject({ message: expect.stringContaining('5000') });
  });
});

describe('running', () => {
  test('fails typed when the weights give values that are no numbers', async () => {
    await using folder = await temporaryFolder();
    await makeCheckpoint(folder.path);
    const tensors = madeTensors();
    tensors.find(({ name }) => name.endsWith('1.output.dense.bias'))?.values.fill(Number.NaN);
    await writeWeights(
      folder.path,
      tensors.map((tensor) => stored(tensor, 'F32')),
    );
    await expect(embedWith(folder.path, ['cat'])).rejects.toMatchObject({
      code: 'INVALID_MODEL_FILE',
      message: expect.stringContaining('no numbers'),
    });
  });

  test('works from hard links, as files of equal content are stored, and through a linked folder', async () => {
    await using folder = await temporaryFolder();
    const [first, second] = [join(folder.path, 'first'), join(folder.path, 'second')];
    await makeCheckpoint(first, { shards: 2 });
    await cp(first, second, { recursive: true });
    for (const file of ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']) {
      await rm(join(second, file));
      await link(join(first, file), join(second, file));
    }
    await symlink(second, join(folder.path, 'linked'));
    const expected = await embedWith(first, texts);
    expect(await embedWith(second, texts)).toEqual(expected);
    expect(await embedWith(join(folder.path, 'linked'), texts)).toEqual(expected);
  });

  test('puts a Dense module after pooling, with its activation and its own weights', async () => {
    await using folder = await temporaryFolder();
    const [plain, dense] = [join(folder.path, 'plain'), join(folder.path, 'dense')];
    await makeCheckpoint(plain, { normalize: false });
    await makeCheckpoint(dense, { normalize: false });
    const module = (kind: string, path: string) => ({ path, type: `sentence_transformers.models.${kind}` });
    await writeJson(dense, 'modules.json', [module('Transformer', ''), module('Pooling', '1_Pooling'), module('Dense', '2_Dense')]);
    const weight = Float32Array.from({ length: 5 * 32 }, (_, index) => Math.sin(index));
    const bias = Float32Array.from([0.1, -0.2, 0.3, 0, 1]);
    await writeJson(dense, '2_Dense/config.json', {
      in_features: 32,
      out_features: 5,
      bias: true,
      activation_function: 'torch.nn.modules.activation.Tanh',
    });
    await writeWeights(
      join(dense, '2_Dense'),
      [
        { name: 'linear.weight', shape: [5, 32], values: weight },
        { name: 'linear.bias', shape: [5], values: bias },
      ].map((tensor) => stored(tensor, 'F32')),
    );
    const before = await embedWith(plain, texts);
    const after = await embedWith(dense, texts);
    for (const [index, vector] of before.entries()) {
      const expected = [...bias].map((offset, row) =>
        Math.tanh(vector.reduce((sum, value, column) => sum + value * (weight[row * 32 + column] ?? 0), offset)),
      );
      expectClose(after[index] ?? [], expected, 1e-5);
    }
    expect(await inspectCheckpoint(dense)).toMatchObject({ dimensions: 5, description: expect.stringContaining('a dense layer to 5') });
  });
});

describe("a repository's own ONNX file", () => {
  type Output = 'tokens' | 'sentence' | 'both';

  /** A checkpoint of an architecture that is not built, with the export that optimum would write: int64 inputs, weights beside it. */
  async function makeExport(
    folder: string,
    { output = 'tokens', extraInput, ...options }: CheckpointOptions & { output?: Output; extraInput?: string } = {},
  ) {
    await makeCheckpoint(folder, { ...options, config: { model_type: 'sillybert', architectures: ['SillyBertModel'] } });
    await mkdir(join(folder, 'onnx'));
    await cp(join(folder, 'model.safetensors'), join(folder, 'onnx/model.safetensors'));
    const graph = createGraph();
    const weights = createWeights(graph, await readStoredTensors(join(folder, 'onnx')), { file: 'x' });
    const config = { model_type: 'bert', hidden_size: 32, intermediate_size: 48, num_hidden_layers: 2, num_attention_heads: 4 };
    const encoder = bert.read({ ...config, max_position_embeddings: 40, vocab_size: madeVocabulary.length }, 'config.json');
    const [ids, mask, typeIds] = ['input_ids', 'attention_mask', 'token_type_ids'].map((name) =>
      graph.input(name, 'INT64', ['batch', 'sequence']),
    );
    if (!ids || !mask || !typeIds) throw new Error('Three inputs were made.');
    if (extraInput) graph.input(extraInput, 'INT64', ['batch', 'sequence']);
    const hidden = encoder.build(graph, weights, { ids, mask, typeIds });
    if (output !== 'sentence')
      graph.output(output === 'both' ? 'token_embeddings' : 'last_hidden_state', hidden, 'FLOAT', ['batch', 'sequence', 32]);
    if (output !== 'tokens') graph.output('sentence_embedding', graph.gather(hidden, graph.integers(0), 1), 'FLOAT', ['batch', 32]);
    await writeFile(join(folder, 'onnx/model.onnx'), graph.finish());
  }

  test.each<[string, CheckpointOptions & { output?: Output }]>([
    ['mean pooling and Normalize', {}],
    ['cls pooling alone', { pooling: { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false }, normalize: false }],
    ['a file with both outputs, whose token embeddings are used', { output: 'both' }],
    ['a prompt that takes no part in pooling', { pooling: { include_prompt: false } }],
  ])('runs with %s and gives what the built architecture gives', async (_, options) => {
    await using folder = await temporaryFolder();
    const [built, exported] = [join(folder.path, 'built'), join(folder.path, 'exported')];
    const { output: __, ...common } = options;
    await makeCheckpoint(built, common);
    await makeExport(exported, options);
    await using engine = await openEngine(exported, { threads: 1 });
    const expected = await embedWith(built, texts, { prompt: 'query: ' });
    const actual = await embedTogether(engine, texts, { prompt: 'query: ' });
    for (const [index, vector] of expected.entries()) expectClose(actual[index] ?? [], vector, 1e-5);
    expect(engine.facts).toEqual(await inspectCheckpoint(exported));
    expect(engine.facts).toMatchObject({
      architecture: 'SillyBertModel',
      dimensions: 32,
      description: expect.stringContaining('onnx/model.onnx'),
    });
  });

  test('takes position_ids, and a pooled output as it is', async () => {
    await using folder = await temporaryFolder();
    await makeExport(folder.path, { output: 'sentence', extraInput: 'position_ids' });
    const [vector = new Float32Array()] = await embedWith(folder.path, ['cat']);
    await using cls = await temporaryFolder();
    await makeCheckpoint(cls.path, { pooling: { pooling_mode: 'cls' }, normalize: false });
    const [expected = new Float32Array()] = await embedWith(cls.path, ['cat']);
    expect(largestDifference(vector, expected)).toBeLessThan(1e-5);
  });

  test('is left alone where the architecture is built and its safetensors are there', async () => {
    await using folder = await temporaryFolder();
    await makeCheckpoint(folder.path);
    await mkdir(join(folder.path, 'onnx'));
    await writeFile(join(folder.path, 'onnx/model.onnx'), 'not a graph');
    expect((await inspectCheckpoint(folder.path)).description).not.toContain('onnx');
  });

  test('that asks for something unknown is unsupported, one that is broken is invalid', async () => {
    await using folder = await temporaryFolder();
    await makeExport(join(folder.path, 'a'), { extraInput: 'pixel_values' });
    await expect(inspectCheckpoint(join(folder.path, 'a'))).rejects.toThrow('"pixel_values"');
    await expect(inspectCheckpoint(join(folder.path, 'a'))).rejects.toBeInstanceOf(UnsupportedModelError);
    await makeExport(join(folder.path, 'b'));
    await writeFile(join(folder.path, 'b/onnx/model.onnx'), 'not a graph');
    await expect(inspectCheckpoint(join(folder.path, 'b'))).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE', file: 'onnx/model.onnx' });
  });
});
