import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultImageLimits } from '../../src/engines/image/image-preprocessor.ts';
import { type LibraryProcessor, type LibraryTensor, loadVisionLibrary } from '../../src/engines/vision/library.ts';
import { visionFamily } from '../../src/engines/vision/vision-family.ts';
import { createVisionPrompts } from '../../src/engines/vision/vision-prompt.ts';
import { chooseGraphs, visionGraphs } from '../../src/formats/vision/vision-graphs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { byteTokenizer } from '../support/vision-model.ts';
import { stripes } from '../support/vision-server.ts';

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let bytes: Buffer;
beforeAll(async () => {
  root = await temporaryFolder();
  bytes = await stripes(3);
});
afterAll(() => root?.[Symbol.asyncDispose]());

const common = {
  do_resize: true,
  do_rescale: true,
  do_normalize: true,
  rescale_factor: 1 / 255,
  image_mean: [0.5, 0.5, 0.5],
  image_std: [0.5, 0.5, 0.5],
  resample: 2,
};
const qwenTokens = ['<|endoftext|>', '<|vision_start|>', '<|vision_end|>', '<|image_pad|>'];

interface Family {
  modelType: string;
  preprocessor: object;
  processor?: object;
  tokenizer?: object;
  tokens: string[];
  /** A prompt as upstream writes it. */
  prompt: string;
  /** Whether upstream's processor takes the image first. */
  isImageFirst?: boolean;
}

/** Small settings of published configurations. */
const families: Family[] = [
  {
    modelType: 'llava',
    preprocessor: {
      ...common,
      processor_class: 'LlavaProcessor',
      image_processor_type: 'CLIPImageProcessor',
      size: { shortest_edge: 28 },
      do_center_crop: true,
      crop_size: { height: 28, width: 28 },
    },
    processor: { processor_class: 'LlavaProcessor', image_token: '<image>', patch_size: 14, num_additional_image_tokens: 1 },
    tokens: ['<s>', '<image>'],
    prompt: 'USER: <image>\nWhat? ASSISTANT:',
    isImageFirst: true,
  },
  ...['idefics3', 'smolvlm'].map((modelType) => ({
    modelType,
    preprocessor: {
      ...common,
      processor_class: modelType === 'smolvlm' ? 'SmolVLMProcessor' : 'Idefics3Processor',
      image_processor_type: 'Idefics3ImageProcessor',
      do_convert_rgb: true,
      do_image_splitting: true,
      do_pad: true,
      size: { longest_edge: 112 },
      max_image_size: { longest_edge: 56 },
    },
    processor: { image_seq_len: 4 },
    tokens: [
      '<|im_start|>',
      '<fake_token_around_image>',
      '<image>',
      '<global-img>',
      '<row_1_col_1>',
      '<row_1_col_2>',
      '<row_2_col_1>',
      '<row_2_col_2>',
      '<end_of_utterance>',
    ],
    prompt: 'User:<image>What?<end_of_utterance>\nAssistant:',
  })),
  ...['qwen2_vl', 'qwen2_5_vl'].map((modelType) => ({
    modelType,
    preprocessor: {
      ...common,
      processor_class: modelType === 'qwen2_vl' ? 'Qwen2VLProcessor' : 'Qwen2_5_VLProcessor',
      image_processor_type: 'Qwen2VLImageProcessor',
      patch_size: 14,
      merge_size: 2,
      temporal_patch_size: 2,
      min_pixels: 28 * 28,
      max_pixels: 28 * 28 * 16,
    },
    tokens: qwenTokens,
    prompt: 'user: <|vision_start|><|image_pad|><|vision_end|>What?',
  })),
  {
    modelType: 'paligemma',
    preprocessor: {
      ...common,
      processor_class: 'PaliGemmaProcessor',
      image_processor_type: 'SiglipImageProcessor',
      size: { height: 28, width: 28 },
      image_seq_length: 4,
    },
    tokens: ['<bos>', '<image>'],
    tokenizer: { bos_token: '<bos>' },
    prompt: '<image>caption en',
    isImageFirst: true,
  },
  {
    modelType: 'gemma3',
    preprocessor: {
      ...common,
      processor_class: 'Gemma3Processor',
      image_processor_type: 'Gemma3ImageProcessor',
      size: { height: 28, width: 28 },
    },
    processor: { image_seq_length: 4 },
    tokens: ['<bos>', '<start_of_image>', '<image_soft_token>', '<end_of_image>'],
    tokenizer: { boi_token: '<start_of_image>', eoi_token: '<end_of_image>', image_token: '<image_soft_token>' },
    prompt: 'user\n<start_of_image>What?',
  },
  {
    modelType: 'florence2',
    preprocessor: {
      ...common,
      processor_class: 'Florence2Processor',
      image_processor_type: 'CLIPImageProcessor',
      size: { height: 28, width: 28 },
      image_seq_length: 4,
      task_prompts_without_inputs: { '<CAPTION>': 'What does the image describe?' },
      task_prompts_with_input: {},
      tasks_answer_post_processing_type: {},
    },
    tokens: ['<s>'],
    prompt: '<CAPTION>',
    isImageFirst: true,
  },
];

async function open({ modelType, preprocessor, processor = {}, tokenizer = {}, tokens }: Family) {
  const folder = join(root.path, modelType);
  await mkdir(folder, { recursive: true });
  const json = (name: string, value: object) => writeFile(join(folder, name), JSON.stringify(value));
  await json('preprocessor_config.json', preprocessor);
  await json('processor_config.json', processor);
  await json('tokenizer_config.json', {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: tokens[0],
    eos_token: tokens[0],
    ...tokenizer,
  });
  await json('tokenizer.json', byteTokenizer(tokens));
  await writeFile(join(folder, 'chat_template.jinja'), '{{ messages }}');
  const library = await loadVisionLibrary(folder, { threads: 1 });
  const family = visionFamily(modelType, await library.openProcessor());
  const prompts = createVisionPrompts({
    library,
    processor: await library.openProcessor(),
    family,
    limits: defaultImageLimits,
    contextSize: 2048,
    isEncoderDecoder: modelType === 'florence2',
  });
  return { library, family, prompts, upstream: await library.openProcessor() };
}

async function ask(upstream: LibraryProcessor, family: Family, image: unknown): Promise<Record<string, LibraryTensor>> {
  const made = await (family.isImageFirst ? upstream(image, family.prompt) : upstream(family.prompt, image));
  return made as Record<string, LibraryTensor>;
}

describe.each(families)('a prompt of $modelType', (family) => {
  it('with one picture is what the library makes of it', async () => {
    const { library, prompts, upstream } = await open(family);
    const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const image = library.toImage({ mode: 'RGB', width: info.width, height: info.height, channels: 3, data });
    const expected = await ask(upstream, family, image);
    const prepared = await prompts.prepareImage(bytes, 0);
    expect(prompts.tokenize([{ text: family.prompt, parsesSpecialTokens: true }], [prepared])).toEqual(
      Array.from(expected.input_ids?.data ?? [], Number),
    );
    const pixels = expected.pixel_values ?? expect.unreachable();
    expect(prepared.tensors.pixel_values?.dims).toEqual(pixels.dims);
    expect(prepared.tensors.pixel_values?.data).toEqual(pixels.data);
  });

  it('with two of different sizes has places for each, and without a place they stand in front', async () => {
    const { prompts, family: traits } = await open(family);
    const large = await sharp(bytes).resize(120, 60).png().toBuffer();
    const both = [await prompts.prepareImage(bytes, 0), await prompts.prepareImage(large, 1)];
    const count = (text: string, images: typeof both) => prompts.tokenize([{ text, parsesSpecialTokens: true }], images).length;
    if (traits.maxImages === 1) {
      expect(() => count(family.prompt, both)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
      return;
    }
    const [one = 0, two = 0, three = 0] = [1, 2, 3].map((number) =>
      count('What?', [both[0], both[1], both[1]].slice(0, number) as typeof both),
    );
    expect(three - two).toBe(two - one);
    expect(two - one).toBeGreaterThanOrEqual(3);
  });
});

describe('the graphs of a model', () => {
  it('are known by its configuration', () => {
    const usual = ['vision_encoder', 'embed_tokens', 'decoder_model_merged'];
    expect(visionGraphs({ model_type: 'qwen2_5_vl' })).toEqual(usual);
    expect(visionGraphs({ model_type: 'florence2' })).toEqual([...usual, 'encoder_model']);
    expect(visionGraphs({ model_type: 'gemma3n' })).toEqual([...usual, 'audio_encoder']);
    for (const config of [{ model_type: 'bert' }, { model_type: 'gemma3_text' }, {}, null, []]) expect(visionGraphs(config)).toBeNull();
  });

  it('are taken in the type that is wanted, and in the next best where one lacks it', () => {
    const paths = [
      'onnx/a.onnx',
      'onnx/a_q4.onnx',
      'onnx/a_q4.onnx_data',
      'onnx/a_q4.onnx_data_1',
      'onnx/a_q4.onnx_data.bak',
      'onnx/b_fp16.onnx',
    ];
    expect(chooseGraphs(paths, ['a', 'b'], null).map(({ type }) => type)).toEqual(['q4', 'fp16']);
    expect(chooseGraphs(paths, ['a'], 'fp32').flatMap((graph) => graph.paths)).toEqual(['onnx/a.onnx']);
    expect(chooseGraphs(paths, ['a'], 'q4')[0]?.paths).toEqual(paths.slice(1, 4));
  });

  it('run with no onnxruntime-web: the install has an empty package in its place', async () => {
    const read = async (name: string) =>
      JSON.parse(await readFile(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8'));
    expect((await read('onnxruntime-web')).name).toBe('empty-npm-package');
    expect((await read('@huggingface/transformers')).dependencies).toHaveProperty('onnxruntime-web');
  });
});
