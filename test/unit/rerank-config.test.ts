import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectCheckpoint, openEngine } from '../../src/engines/open.ts';
import { ModelkeepError } from '../../src/errors.ts';
import { readScoreActivation } from '../../src/formats/cross-encoder-activation.ts';
import { createGraph } from '../../src/formats/onnx-graph.ts';
import { writeJson } from '../support/checkpoint-maker.ts';
import { expectClose, goldenFolder } from '../support/golden.ts';
import { editJson, goldenPairs, preparePairs, scoreTogether } from '../support/reranking.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const golden = goldenPairs('tiny-cross-encoder');
const [item] = golden.items;

async function copyOf(change: (folder: string) => Promise<void>): Promise<AsyncDisposable & { path: string }> {
  const folder = await temporaryFolder();
  await cp(goldenFolder('tiny-cross-encoder'), folder.path, { recursive: true });
  await change(folder.path);
  return folder;
}

async function scoreOf(folder: string): Promise<{ scores: number[]; logits: number[] } | undefined> {
  await using engine = await openEngine(folder, { threads: 1 });
  return (await scoreTogether(engine, await preparePairs(engine, item?.query ?? '', [item?.document ?? ''])))[0];
}

const logit = item?.logits[0] ?? Number.NaN;
const path = (name: string): string => `torch.nn.modules.activation.${name}`;
const identity = 'torch.nn.modules.linear.Identity';

describe('the activation of the scores', () => {
  test.each<[what: string, config: Record<string, unknown>, score: number]>([
    ['is Sigmoid for one label', {}, 1 / (1 + Math.exp(-logit))],
    ['is what the old key names', { sbert_ce_default_activation_function: identity }, logit],
    ['is what the new key names', { sentence_transformers: { activation_fn: identity, version: '5.0.0' } }, logit],
    [
      'is what the new key names before the old one',
      { sentence_transformers: { activation_fn: path('Tanh') }, sbert_ce_default_activation_function: identity },
      Math.tanh(logit),
    ],
    [
      'is the old key where the new object says nothing',
      { sentence_transformers: { version: '5' }, sbert_ce_default_activation_function: identity },
      logit,
    ],
    ['is the default where a key is null', { sbert_ce_default_activation_function: null }, 1 / (1 + Math.exp(-logit))],
    [
      'is the default where it is a program of the repository',
      { sbert_ce_default_activation_function: 'my_code.Scale' },
      1 / (1 + Math.exp(-logit)),
    ],
  ])('%s', async (_, config, score) => {
    await using folder = await copyOf((path) => editJson(path, 'config.json', config));
    const row = await scoreOf(folder.path);
    expectClose(row?.logits ?? [], [logit], golden.tolerance.logits_atol);
    expectClose(row?.scores ?? [], [score], golden.tolerance.logits_atol);
  });

  test('is that of config_sentence_transformers.json where a modules.json has nothing but its Transformer', async () => {
    await using folder = await copyOf(async (path) => {
      await writeJson(path, 'modules.json', [
        { idx: 0, name: '0', path: '', type: 'sentence_transformers.base.modules.transformer.Transformer' },
      ]);
      await writeJson(path, 'sentence_bert_config.json', { transformer_task: 'sequence-classification' });
      await writeJson(path, 'config_sentence_transformers.json', { model_type: 'CrossEncoder', activation_fn: identity });
    });
    const row = await scoreOf(folder.path);
    expect(row?.scores).toEqual(row?.logits);
    expectClose(row?.logits ?? [], [logit], golden.tolerance.logits_atol);
  });

  test.each<[name: string, expected: number[]]>([
    ['Softmax', [0.0900305732, 0.244728471, 0.665240956]],
    ['LogSoftmax', [-2.40760596, -1.40760596, -0.407605964]],
    ['Sigmoid', [0.268941421, 0.5, 0.731058579]],
    ['LogSigmoid', [-1.31326169, -Math.LN2, -0.313261688]],
    ['Softplus', [0.313261688, Math.LN2, 1.31326169]],
    ['ReLU', [0, 0, 1]],
    ['Tanh', [-0.761594156, 0, 0.761594156]],
  ])('%s over the labels of a pair is what torch makes it', (name, expected) => {
    const config = { sbert_ce_default_activation_function: `torch.nn.${name}` };
    const activation = readScoreActivation({ config, modelConfig: {}, labelCount: 3, file: 'config.json' });
    expectClose(activation.apply(Float32Array.of(-1, 0, 1)), expected, 1e-6);
    expect(activation.apply(Float32Array.of(-200, 0, 200)).every((value) => !Number.isNaN(value))).toBe(true);
  });
});

describe('labels', () => {
  test.each<[what: string, config: Record<string, unknown>, labels: string[]]>([
    ['come from id2label by their ids', { id2label: { '0': 'relevance' } }, ['relevance']],
    ['come from num_labels where there is no id2label', { id2label: undefined, num_labels: 1 }, ['LABEL_0']],
    ['come from id2label where num_labels says otherwise', { num_labels: 7 }, ['LABEL_0']],
  ])('%s', async (_, config, labels) => {
    await using folder = await copyOf((path) => editJson(path, 'config.json', config));
    expect((await inspectCheckpoint(folder.path)).labels).toEqual(labels);
  });
});

describe('a reranker that cannot run', () => {
  test.each<[what: string, code: string, says: RegExp, change: (folder: string) => Promise<void>]>([
    ['labels that are no object', 'INVALID_MODEL_FILE', /id2label/, (path) => editJson(path, 'config.json', { id2label: ['a'] })],
    [
      'a label without a number',
      'INVALID_MODEL_FILE',
      /id2label.*__proto__/,
      (path) => editJson(path, 'config.json', { id2label: JSON.parse('{"__proto__": "a"}') }),
    ],
    [
      'labels with a hole',
      'INVALID_MODEL_FILE',
      /id2label.*"2"/,
      (path) => editJson(path, 'config.json', { id2label: { 0: 'a', 2: 'b' } }),
    ],
    ['a label twice', 'INVALID_MODEL_FILE', /id2label/, (path) => editJson(path, 'config.json', { id2label: { 0: 'a', '00': 'b' } })],
    ['no label', 'INVALID_MODEL_FILE', /id2label/, (path) => editJson(path, 'config.json', { id2label: {} })],
    [
      'more labels than its weights',
      'INVALID_MODEL_FILE',
      /classifier\.weight.*\[2, 36\]/,
      (path) => editJson(path, 'config.json', { id2label: { 0: 'a', 1: 'b' } }),
    ],
    [
      'a number of labels that nobody has',
      'INVALID_MODEL_FILE',
      /num_labels/,
      (path) => editJson(path, 'config.json', { id2label: undefined, num_labels: 1e9 }),
    ],
    [
      'an activation that is not built',
      'UNSUPPORTED_MODEL',
      /Bilinear/,
      (path) => editJson(path, 'config.json', { sbert_ce_default_activation_function: 'torch.nn.Bilinear' }),
    ],
    [
      'an activation off the prototype',
      'UNSUPPORTED_MODEL',
      /constructor/,
      (path) => editJson(path, 'config.json', { sbert_ce_default_activation_function: 'torch.nn.constructor' }),
    ],
    [
      'an activation of a program',
      'UNSUPPORTED_MODEL',
      /os\.system/,
      (path) => editJson(path, 'config.json', { sbert_ce_default_activation_function: 'torch.os.system' }),
    ],
    [
      'an activation that is no name',
      'INVALID_MODEL_FILE',
      /activation/,
      (path) => editJson(path, 'config.json', { sentence_transformers: { activation_fn: 7 } }),
    ],
    [
      'a limit without room for a pair',
      'INVALID_MODEL_FILE',
      /room/,
      (path) => editJson(path, 'tokenizer_config.json', { model_max_length: 4 }),
    ],
    [
      'an architecture that is not built',
      'UNSUPPORTED_MODEL',
      /DebertaV2ForSequenceClassification/,
      (path) => editJson(path, 'config.json', { architectures: ['DebertaV2ForSequenceClassification'], model_type: 'deberta-v2' }),
    ],
    [
      'only a pickle',
      'UNSUPPORTED_MODEL',
      /pickle/,
      async (path) => {
        await rm(join(path, 'model.safetensors'));
        await writeFile(join(path, 'pytorch_model.bin'), 'pickle');
      },
    ],
    [
      'no tokenizer',
      'INVALID_MODEL_FILE',
      /tokenizer/,
      async (path) => void (await Promise.all(['tokenizer.json', 'vocab.txt'].map((file) => rm(join(path, file))))),
    ],
  ])('with %s is %s and says why', async (_, code, says, change) => {
    await using folder = await copyOf(change);
    const error = await inspectCheckpoint(folder.path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ModelkeepError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(says) });
  });
});

describe('a reranker of an architecture that is not built, with an ONNX file', () => {
  const deberta = { architectures: ['DebertaV2ForSequenceClassification'], model_type: 'deberta-v2' };

  /** Logits of a pair: how many tokens of each type it has. */
  async function writeOnnx(folder: string, output: string): Promise<void> {
    await editJson(folder, 'config.json', { ...deberta, id2label: { 0: 'first', 1: 'second' } });
    await rm(join(folder, 'model.safetensors'));
    const graph = createGraph();
    const inputs = ['attention_mask', 'token_type_ids'].map((name) => graph.input(name, 'INT64', ['batch', 'sequence']));
    const sums = inputs.map((input) => graph.reduceSum(graph.cast(input, 'FLOAT'), [1], { keepDimensions: true }));
    graph.output(output, graph.concat(sums, 1), 'FLOAT', ['batch', 2]);
    await mkdir(join(folder, 'onnx'));
    await writeFile(join(folder, 'onnx/model.onnx'), graph.finish());
  }

  test('runs from its logits', async () => {
    await using folder = await copyOf((path) => writeOnnx(path, 'logits'));
    expect(await inspectCheckpoint(folder.path)).toMatchObject({
      capabilities: ['RERANK'],
      labels: ['first', 'second'],
      int8MemoryBytes: null,
    });
    const row = await scoreOf(folder.path);
    expect(row).toEqual({ scores: [31, 23], logits: [31, 23] });
  });

  test('without an output of logits is unsupported', async () => {
    await using folder = await copyOf((path) => writeOnnx(path, 'sentence_embedding'));
    await expect(inspectCheckpoint(folder.path)).rejects.toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      message: expect.stringContaining('logits'),
    });
  });
});
