import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../src/formats/safetensors.ts';
import { type TensorData, writeSafetensors } from '../../src/formats/safetensors-writer.ts';
import { readTimmLabels } from '../../src/formats/timm/labels.ts';
import { readTimmCheckpoint } from '../../src/formats/timm/read-timm.ts';
import { architectureOf, findTimmFamily } from '../../src/formats/timm/registry.ts';
import { expectClose, goldenFolder } from '../support/golden.ts';
import { goldenImages, goldenPixels, openTestTower } from '../support/image-tower.ts';
import { editJson } from '../support/reranking.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function copyOf(name: string): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await temporaryFolder();
  await cp(goldenFolder(name), folder.path, { recursive: true });
  return folder;
}

/** Writes the weights again, each tensor as `change` has it; without those that it answers null for. */
async function changeTensors(folder: string, change: (tensor: TensorData) => TensorData | null): Promise<void> {
  const file = 'model.safetensors';
  const bytes = await readFile(join(folder, file));
  const tensors = (await readSafetensors(folder, file)).map((tensor) => ({
    ...tensor,
    data: bytes.subarray(tensor.offset, tensor.offset + tensor.length),
  }));
  const changed = tensors.map(change).filter((tensor) => tensor !== null);
  await writeFile(join(folder, file), Buffer.concat([...writeSafetensors(changed)]));
}

/** The same numbers in another shape. */
const reshaped =
  (name: string, shape: readonly number[]) =>
  (tensor: TensorData): TensorData =>
    tensor.name === name ? { ...tensor, shape } : tensor;

const without =
  (name: string) =>
  (tensor: TensorData): TensorData | null =>
    tensor.name === name ? null : tensor;

describe('the name of an architecture', () => {
  test.each([
    ['vit_tiny_patch16_224', 'vit_tiny_patch16_224'],
    ['vit_base_patch16_224.augreg_in21k', 'vit_base_patch16_224'],
    ['hf-hub:timm/vit_base_patch16_224.augreg_in21k', 'vit_base_patch16_224'],
    ['hf_hub:somebody/resnet50.a1_in1k', 'resnet50'],
    ['timm/tf_efficientnet_b0.ns_jft_in1k', 'tf_efficientnet_b0'],
  ])('%s means %s', (name, architecture) => {
    expect(architectureOf(name)).toBe(architecture);
    expect(findTimmFamily(architecture)).toBeDefined();
  });

  test.each([
    'swin_tiny_patch4_window7_224',
    'vit_base_patch16_rpn_224',
    'vit_base_r50_s16_224',
    'resnet50_gn',
    'mixnet_s',
    'resnetblur50',
    'resnet51q',
    'vit_base_patch16_sapiens2',
    '',
  ])('%j is refused: nothing like it is built', (name) => {
    expect(findTimmFamily(name)).toBeUndefined();
  });
});

describe('labels', () => {
  const file = 'config.json';

  test('are the words of the descriptions, else the names, else numbers', () => {
    const names = ['n1', 'n2', 'n3'];
    expect(readTimmLabels({ label_names: names, label_descriptions: { n1: 'tench', n3: 'shark' } }, 3, file)).toEqual([
      'tench',
      'n2',
      'shark',
    ]);
    expect(readTimmLabels({ label_names: names }, 4, file)).toEqual(['n1', 'n2', 'n3', 'class 3']);
    expect(readTimmLabels({ label_names: { 0: 'n1', 1: 'n2' }, label_descriptions: ['one', 'two'] }, 2, file)).toEqual(['one', 'two']);
    expect(readTimmLabels({ pretrained_cfg: { label_names: names } }, 2, file)).toEqual(['n1', 'n2']);
    expect(readTimmLabels({ labels: names }, 2, file)).toEqual(['n1', 'n2']);
    expect(readTimmLabels({}, 2, file)).toEqual(['class 0', 'class 1']);
  });

  test('never come from where an object has its functions', () => {
    const config = { label_names: ['toString', 'constructor'], label_descriptions: {} };
    expect(readTimmLabels(config, 2, file)).toEqual(['toString', 'constructor']);
  });

  test('of the golden models are words', async () => {
    expect((await readTimmCheckpoint(goldenFolder('tiny-resnet-timm'))).facts.labels.slice(0, 2)).toEqual(['tench', 'goldfish']);
    expect((await readTimmCheckpoint(goldenFolder('tiny-vit-timm-avg'))).facts.labels.slice(0, 2)).toEqual(['tench', 'goldfish']);
  });
});

describe('config.json', () => {
  test('says by num_classes 0 that a model gives features only', async () => {
    await using folder = await copyOf('tiny-resnet-timm');
    await editJson(folder.path, 'config.json', { num_classes: 0 });
    const { facts, image } = await readTimmCheckpoint(folder.path);
    expect({ labels: facts.labels, hasLogits: image.hasLogits, capabilities: facts.capabilities }).toEqual({
      labels: [],
      hasLogits: false,
      capabilities: ['EMBED_IMAGE'],
    });
  });

  test('may hold the fields of pretrained_cfg at its top, as older ones do', async () => {
    const name = 'tiny-efficientnet-timm';
    await using folder = await copyOf(name);
    const { pretrained_cfg: inner, ...outer } = JSON.parse(await readFile(join(folder.path, 'config.json'), 'utf8')) as {
      pretrained_cfg: Record<string, unknown>;
    };
    await writeFile(join(folder.path, 'config.json'), JSON.stringify({ ...inner, ...outer }));
    const { items, tolerance } = goldenImages(name);
    await using tower = await openTestTower(folder.path);
    for (const item of items) {
      expectClose((await tower.run([goldenPixels(name, item)], 'logits'))[0] ?? [], item.logits ?? [], tolerance.logits_atol);
    }
  });

  test.each<[what: string, changes: Record<string, unknown>, code: string, message: RegExp]>([
    [
      'an architecture that is not built',
      { architecture: 'swin_tiny_patch4_window7_224.ms_in1k' },
      'UNSUPPORTED_MODEL',
      /swin_tiny_patch4_window7_224/,
    ],
    ['no architecture', { architecture: null }, 'INVALID_MODEL_FILE', /architecture/],
    ['an architecture that is no name', { architecture: { a: 1 } }, 'INVALID_MODEL_FILE', /architecture/],
    ['model_args that are no object', { model_args: [1] }, 'INVALID_MODEL_FILE', /model_args/],
    ['another number of classes than the weights have', { num_classes: 13 }, 'INVALID_MODEL_FILE', /head\.weight/],
    ['a negative number of classes', { num_classes: -1 }, 'INVALID_MODEL_FILE', /num_classes/],
    ['more classes than there can be', { num_classes: 1e12 }, 'INVALID_MODEL_FILE', /num_classes/],
    ['heads that do not divide the width', { model_args: { num_heads: 7 } }, 'INVALID_MODEL_FILE', /7 heads/],
    ['heads without end', { model_args: { num_heads: 1e300 } }, 'INVALID_MODEL_FILE', /num_heads/],
    ['an activation that is not built', { model_args: { num_heads: 4, act_layer: 'prelu_of_mine' } }, 'UNSUPPORTED_MODEL', /prelu_of_mine/],
    ['a norm of another kind', { model_args: { norm_layer: 'rmsnorm' } }, 'UNSUPPORTED_MODEL', /norm_layer/],
    ['no pooling', { model_args: { num_heads: 4, global_pool: '' } }, 'UNSUPPORTED_MODEL', /global_pool/],
    ['an image larger than any', { pretrained_cfg: { input_size: [3, 1_000_000, 1_000_000] } }, 'INVALID_MODEL_FILE', /input_size/],
    ['an image smaller than a patch', { pretrained_cfg: { input_size: [3, 4, 4] }, num_classes: 12 }, 'INVALID_MODEL_FILE', /too small/],
    ['names of labels that are one word', { label_names: 'cat' }, 'INVALID_MODEL_FILE', /label_names/],
  ])('with %s is refused', async (_, changes, code, message) => {
    await using folder = await copyOf('tiny-vit-timm');
    await editJson(folder.path, 'config.json', changes);
    await expect(readTimmCheckpoint(folder.path)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('weights', () => {
  test.each<[what: string, name: string, change: (tensor: TensorData) => TensorData | null, code: string, message: RegExp]>([
    ['without a tensor', 'tiny-vit-timm', without('blocks.1.attn.qkv.weight'), 'INVALID_MODEL_FILE', /blocks\.1\.attn\.qkv\.weight/],
    ['without their classifier', 'tiny-resnet-timm', without('fc.weight'), 'INVALID_MODEL_FILE', /fc\.weight/],
    [
      'without the statistics of a norm',
      'tiny-resnet-timm',
      without('layer2.0.bn1.running_var'),
      'INVALID_MODEL_FILE',
      /layer2\.0\.bn1\.running_var/,
    ],
    ['without the first layer', 'tiny-efficientnet-timm', without('conv_stem.weight'), 'INVALID_MODEL_FILE', /conv_stem\.weight/],
    ['with a turned matrix', 'tiny-vit-timm', reshaped('blocks.0.mlp.fc1.weight', [40, 160]), 'INVALID_MODEL_FILE', /blocks\.0\.mlp/],
    [
      'with a kernel of three dimensions',
      'tiny-resnet-timm',
      reshaped('layer1.0.conv2.weight', [8, 8, 9]),
      'INVALID_MODEL_FILE',
      /4 dimensions/,
    ],
    [
      'with a kernel for other channels',
      'tiny-resnet-timm',
      reshaped('layer1.0.conv2.weight', [8, 72, 1, 1]),
      'INVALID_MODEL_FILE',
      /channels come in/,
    ],
    ['with positions of no grid', 'tiny-vit-timm', reshaped('pos_embed', [1, 4, 170]), 'INVALID_MODEL_FILE', /pos_embed/],
    [
      'with a kernel of no size',
      'tiny-resnet-timm',
      (tensor) => (tensor.name === 'layer1.0.conv1.weight' ? { ...tensor, shape: [8, 8, 0, 3], data: new Uint8Array() } : tensor),
      'INVALID_MODEL_FILE',
      /none of them 0/,
    ],
    [
      'of whole numbers',
      'tiny-convnext-timm',
      (tensor) => (tensor.dtype === 'F32' ? { ...tensor, dtype: 'I32' } : tensor),
      'UNSUPPORTED_MODEL',
      /I32/,
    ],
  ])('%s are refused', async (_, name, change, code, message) => {
    await using folder = await copyOf(name);
    await changeTensors(folder.path, change);
    await expect(readTimmCheckpoint(folder.path)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('of more stages than the architecture has are refused', async () => {
    await using folder = await copyOf('tiny-mobilenetv4-timm');
    await changeTensors(folder.path, (tensor) => ({ ...tensor, name: tensor.name.replace('blocks.4.0.', 'blocks.5.0.') }));
    await expect(readTimmCheckpoint(folder.path)).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE' });
  });

  test('that are only a pickle are refused with what to do', async () => {
    await using folder = await copyOf('tiny-resnet-timm');
    await rename(join(folder.path, 'model.safetensors'), join(folder.path, 'pytorch_model.bin'));
    await expect(readTimmCheckpoint(folder.path)).rejects.toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      remedy: expect.stringMatching('safetensors'),
    });
  });

  test('that are missing are refused', async () => {
    await using folder = await copyOf('tiny-resnet-timm');
    await rm(join(folder.path, 'model.safetensors'));
    await expect(readTimmCheckpoint(folder.path)).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE' });
  });
});
