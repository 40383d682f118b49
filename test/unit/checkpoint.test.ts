import { mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectCheckpoint, openEngine } from '../../src/engines/open.ts';
import { InvalidModelFileError, ModelkeepError, UnsupportedModelError } from '../../src/errors.ts';
import { architectureName, isBuiltArchitecture } from '../../src/formats/architectures/registry.ts';
import { type CheckpointOptions, madeTensors, makeCheckpoint, stored, writeJson, writeWeights } from '../support/checkpoint-maker.ts';
import { goldenFolder } from '../support/golden.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const parameters = madeTensors().reduce((sum, { values }) => sum + values.length, 0);

describe('the facts of a checkpoint', () => {
  const inspect = async (options: CheckpointOptions) => {
    await using folder = await temporaryFolder();
    await makeCheckpoint(folder.path, options);
    return await inspectCheckpoint(folder.path);
  };

  test('are complete for the golden BERT', async () => {
    expect(await inspectCheckpoint(goldenFolder('tiny-bert-st'))).toEqual({
      library: 'SENTENCE_TRANSFORMERS',
      architecture: 'BertModel',
      capabilities: ['EMBED_TEXT'],
      description: 'BertModel, 3 layers of width 48; mean pooling, normalised.',
      parameterCount: 134_496,
      quantization: 'F32',
      similarity: 'COSINE',
      dimensions: 48,
      maxTokens: 48,
      outputs: ['DENSE', 'TOKENS'],
      sparseDimensions: null,
      mostSparseValues: null,
      tokenDimensions: 48,
      labels: [],
      prompts: {},
      defaultPromptName: null,
      memoryBytes: expect.any(Number),
      int8MemoryBytes: expect.any(Number),
    });
  });

  test('tell storage type, number of weights, joined dimensions and prompts', async () => {
    const facts = await inspect({
      dtype: 'BF16',
      shards: 2,
      pooling: { pooling_mode_cls_token: true },
      sentenceConfig: { prompts: { query: 'query: ' }, default_prompt_name: 'query' },
    });
    expect(facts).toMatchObject({
      quantization: 'BF16',
      parameterCount: parameters,
      dimensions: 64,
      prompts: { query: 'query: ' },
      defaultPromptName: 'query',
      description: 'BertModel, 2 layers of width 32; cls + mean pooling, normalised.',
    });
    expect(facts.memoryBytes).toBeGreaterThan(parameters * 4);
  });

  test.each([
    ['sentence_bert_config.json', { maxSequenceLength: 20 }, 20],
    ['the positions, where the settings allow more', { maxSequenceLength: 512 }, 40],
    ['the positions, where there are no settings', { maxSequenceLength: null }, 40],
  ] as const)('take the longest text from %s', async (_, options, expected) => {
    expect((await inspect(options)).maxTokens).toBe(expected);
  });

  test('take the longest text from the tokenizer, where the settings do not say', async () => {
    await using folder = await temporaryFolder();
    await makeCheckpoint(folder.path, { maxSequenceLength: null });
    await writeJson(folder.path, 'tokenizer_config.json', { model_max_length: 17 });
    expect((await inspectCheckpoint(folder.path)).maxTokens).toBe(17);
  });

  test('know the older names of the settings', async () => {
    await using folder = await temporaryFolder();
    await makeCheckpoint(folder.path, { maxSequenceLength: null });
    await writeJson(folder.path, 'sentence_roberta_config.json', { max_seq_length: 19 });
    expect((await inspectCheckpoint(folder.path)).maxTokens).toBe(19);
  });

  test('say when there is no modules.json', async () => {
    const facts = await inspect({ modulesJson: false });
    expect(facts.description).toContain('No modules.json: mean pooling.');
    expect(facts.maxTokens).toBe(40);
  });

  test('find the encoder in a folder of its own', async () => {
    await using folder = await temporaryFolder();
    await makeCheckpoint(folder.path);
    const moved = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'sentence_bert_config.json', 'model.safetensors'];
    await mkdir(join(folder.path, '0_Transformer'));
    for (const file of moved) await rename(join(folder.path, file), join(folder.path, '0_Transformer', file));
    const module = (kind: string, path: string) => ({ path, type: `sentence_transformers.models.${kind}` });
    await writeJson(folder.path, 'modules.json', [module('Transformer', '0_Transformer'), module('Pooling', '1_Pooling')]);
    await using engine = await openEngine(folder.path, { threads: 1 });
    expect(engine.facts).toMatchObject({ maxTokens: 32, dimensions: 32 });
  });
});

describe('an architecture', () => {
  test('is decided by model_type, else by the class name', () => {
    expect(isBuiltArchitecture({ model_type: 'bert', architectures: ['BertForMaskedLM'] })).toBe(true);
    expect(isBuiltArchitecture({ model_type: 'bert' })).toBe(true);
    expect(isBuiltArchitecture({ architectures: ['BertForPreTraining'] })).toBe(true);
    expect(isBuiltArchitecture({ model_type: 'electra', architectures: ['BertModel'] })).toBe(false);
    for (const config of [{}, null, [], 'bert', { architectures: [] }, { architectures: ['BertweetModel'] }, { model_type: 'albert' }]) {
      expect(isBuiltArchitecture(config)).toBe(false);
    }
    expect(architectureName({ model_type: 'bert' })).toBe('BertModel');
    expect(architectureName({})).toBeNull();
  });

  test('does not run from its weights as a variant that is not built, so that its ONNX file is taken', () => {
    expect(isBuiltArchitecture({ model_type: 'bert', position_embedding_type: 'relative_key' })).toBe(false);
    expect(isBuiltArchitecture({ model_type: 'bert', is_decoder: true })).toBe(false);
    // A config that is wrong is reported as such, not as an architecture that nobody knows.
    expect(isBuiltArchitecture({ model_type: 'bert', hidden_size: 'wide' })).toBe(true);
  });
});

describe('a checkpoint that cannot run', () => {
  /** What `inspectCheckpoint` throws after the change. */
  async function refusal(change: (folder: string) => Promise<void>, options: CheckpointOptions = {}): Promise<ModelkeepError> {
    await using folder = await temporaryFolder();
    await makeCheckpoint(folder.path, options);
    await change(folder.path);
    const error = await inspectCheckpoint(folder.path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ModelkeepError);
    return error as ModelkeepError;
  }
  const write = (file: string, content: string) => async (folder: string) => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  };
  const json = (file: string, value: unknown) => write(file, JSON.stringify(value));
  const configWith = (more: Record<string, unknown>): CheckpointOptions => ({ config: more });
  const modulesOf = (...entries: unknown[]) => json('modules.json', entries);
  const transformer = { path: '', type: 'sentence_transformers.models.Transformer' };
  const pooling = { path: '1_Pooling', type: 'sentence_transformers.models.Pooling' };
  const nothing = async () => {};

  const invalid: Record<string, [(folder: string) => Promise<void>, CheckpointOptions, string]> = {
    'no config.json': [(folder) => rm(join(folder, 'config.json')), {}, 'config.json'],
    'a config.json that is no JSON': [write('config.json', '{'), {}, 'config.json'],
    'a config.json that is a list': [write('config.json', '[]'), {}, 'config.json'],
    'a config.json that is no UTF-8': [(folder) => writeFile(join(folder, 'config.json'), Buffer.from([0x7b, 0xff])), {}, 'config.json'],
    'a huge config.json': [(folder) => truncate(join(folder, 'config.json'), 17 * 1024 * 1024), {}, 'config.json'],
    'a config.json that is a folder': [
      async (folder) => {
        await rm(join(folder, 'config.json'));
        await mkdir(join(folder, 'config.json'));
      },
      {},
      'config.json',
    ],
    'a huge tokenizer.json': [(folder) => truncate(join(folder, 'tokenizer.json'), 65 * 1024 * 1024), {}, 'tokenizer.json'],
    'a width that is text': [nothing, configWith({ hidden_size: '32' }), 'config.json'],
    'a width that the heads do not divide': [nothing, configWith({ num_attention_heads: 5 }), 'config.json'],
    'no heads': [nothing, configWith({ num_attention_heads: 0 }), 'config.json'],
    'more layers than the weights have': [nothing, configWith({ num_hidden_layers: 3 }), 'model.safetensors'],
    'a billion layers': [nothing, configWith({ num_hidden_layers: 1_000_000_000 }), 'config.json'],
    'another vocabulary size than the weights': [nothing, configWith({ vocab_size: 7 }), 'model.safetensors'],
    'another number of positions than the weights': [nothing, configWith({ max_position_embeddings: 512 }), 'model.safetensors'],
    'no weights': [(folder) => rm(join(folder, 'model.safetensors')), {}, 'model.safetensors'],
    'weights that are cut off': [(folder) => truncate(join(folder, 'model.safetensors'), 20_000), {}, 'model.safetensors'],
    'no tokenizer': [(folder) => rm(join(folder, 'tokenizer.json')), {}, 'tokenizer.json'],
    'a modules.json that is no list': [json('modules.json', {}), {}, 'modules.json'],
    'a module that leaves the folder': [modulesOf(transformer, { ...pooling, path: '../1_Pooling' }), {}, 'modules.json'],
    'an absolute module': [modulesOf(transformer, { ...pooling, path: '/1_Pooling' }), {}, 'modules.json'],
    'a module without a type': [modulesOf({ path: '' }), {}, 'modules.json'],
    'a pooling of another width': [json('1_Pooling/config.json', { word_embedding_dimension: 33 }), {}, '1_Pooling/config.json'],
    'no pooling file': [(folder) => rm(join(folder, '1_Pooling'), { recursive: true }), {}, '1_Pooling/config.json'],
    'a pooling flag that is text': [json('1_Pooling/config.json', { pooling_mode_cls_token: 'true' }), {}, '1_Pooling/config.json'],
    'a longest text of 0': [json('sentence_bert_config.json', { max_seq_length: 0 }), {}, 'sentence_bert_config.json'],
    'a longest text without room': [json('sentence_bert_config.json', { max_seq_length: 2 }), {}, 'tokenizer.json'],
    'a prompt that is a number': [nothing, { sentenceConfig: { prompts: { query: 1 } } }, 'config_sentence_transformers.json'],
    'a default prompt that is not there': [
      nothing,
      { sentenceConfig: { default_prompt_name: 'query' } },
      'config_sentence_transformers.json',
    ],
    'a transposed matrix': [
      async (folder) => {
        const tensors = madeTensors().map((tensor) =>
          tensor.name.endsWith('0.output.dense.weight') ? { ...tensor, shape: tensor.shape.toReversed() } : tensor,
        );
        await writeWeights(
          folder,
          tensors.map((tensor) => stored(tensor, 'F32')),
        );
      },
      {},
      'model.safetensors',
    ],
  };
  test.each(Object.entries(invalid))('with %s is INVALID_MODEL_FILE and names the file', async (_, [change, options, file]) => {
    const error = await refusal(change, options);
    expect(error, error.message).toBeInstanceOf(InvalidModelFileError);
    expect(error).toMatchObject({ file });
  });

  test('names the tensor that is missing or has another shape', async () => {
    expect((await refusal(nothing, configWith({ num_hidden_layers: 3 }))).message).toContain(
      '"encoder.layer.2.attention.self.query.weight"',
    );
    expect((await refusal(nothing, configWith({ intermediate_size: 40 }))).message).toContain(
      '"encoder.layer.0.intermediate.dense.weight"',
    );
  });

  const unsupported: Record<string, [(folder: string) => Promise<void>, CheckpointOptions, string]> = {
    'another architecture': [nothing, configWith({ model_type: 'sillybert', architectures: ['SillyBertModel'] }), '"SillyBertModel"'],
    'a config that names no architecture': [json('config.json', {}), {}, 'names no architecture'],
    'relative positions': [nothing, configWith({ position_embedding_type: 'relative_key' }), '"relative_key"'],
    'a decoder': [nothing, configWith({ is_decoder: true }), 'is_decoder'],
    'an unknown activation': [nothing, configWith({ hidden_act: 'xielu' }), '"xielu"'],
    'a module of sentence-transformers that is not built': [
      modulesOf(transformer, { path: '', type: 'sentence_transformers.models.CNN' }),
      {},
      '"sentence_transformers.models.CNN"',
    ],
    'a module of its own': [modulesOf(transformer, { path: '', type: 'modeling.Pooling' }), {}, '"modeling.Pooling"'],
    'no transformer': [modulesOf(pooling), {}, '"Pooling"'],
    'no pooling': [modulesOf(transformer), {}, 'Pooling'],
    'an unknown pooling': [json('1_Pooling/config.json', { pooling_mode: 'attention' }), {}, '"attention"'],
    'weights that are a pickle': [
      async (folder) => {
        await rm(join(folder, 'model.safetensors'));
        await writeFile(join(folder, 'pytorch_model.bin'), '');
      },
      {},
      'pickle',
    ],
    'weights in a type that is not read': [
      async (folder) => {
        const tensors = madeTensors().map((tensor) => ({ ...stored(tensor, 'F32'), dtype: 'I32' as const }));
        await writeWeights(folder, tensors);
      },
      {},
      'I32',
    ],
  };
  test.each(Object.entries(unsupported))('with %s is UNSUPPORTED_MODEL, says why and what to do', async (_, [change, options, reason]) => {
    const error = await refusal(change, options);
    expect(error, error.message).toBeInstanceOf(UnsupportedModelError);
    expect((error as UnsupportedModelError).reason).toContain(reason);
    expect((error as UnsupportedModelError).remedy.length).toBeGreaterThan(10);
  });

  test('because its folder is missing is INVALID_MODEL_FILE', async () => {
    await expect(inspectCheckpoint(join(goldenFolder('tiny-bert-st'), 'gone'))).rejects.toBeInstanceOf(InvalidModelFileError);
  });
});
