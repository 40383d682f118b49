import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidModelFileError, UnsupportedModelError } from '../../src/errors.ts';
import type { JsonObject } from '../../src/formats/json-file.ts';
import { readOpenClipPreprocessing } from '../../src/formats/preprocessing/open-clip.ts';
import { readTimmPreprocessing } from '../../src/formats/preprocessing/timm.ts';
import { readTransformersPreprocessing } from '../../src/formats/preprocessing/transformers.ts';

const openClip = (preprocess: JsonObject, imageSize?: unknown) =>
  readOpenClipPreprocessing({ model_cfg: { vision_cfg: { image_size: imageSize } }, preprocess_cfg: preprocess }, 'open_clip_config.json');
const timm = (config: JsonObject) => readTimmPreprocessing(config, 'config.json');
const transformers = (config: JsonObject, imageSize = 224) =>
  readTransformersPreprocessing(config, 'preprocessor_config.json', { imageSize });

const crop = (width: number, height: number, placement: string, fill: unknown = 0) => ({
  type: 'centerCrop',
  width,
  height,
  fill,
  placement,
});
const resize = (size: object, interpolation: string) => ({ type: 'resize', size, interpolation });
const toRgb = { type: 'toRgb' };

describe('open_clip', () => {
  test('a file without preprocess_cfg has the defaults: 224 pixels, shortest edge, bicubic, the means of CLIP', () => {
    expect(readOpenClipPreprocessing({}, 'open_clip_config.json')).toEqual({
      steps: [resize({ type: 'shortest', edge: 224 }, 'BICUBIC'), crop(224, 224, 'TORCHVISION'), toRgb],
      width: 224,
      height: 224,
      rescale: 1 / 255,
      mean: [0.48145466, 0.4578275, 0.40821073],
      std: [0.26862954, 0.26130258, 0.27577711],
    });
  });

  test("the image tower's size counts, not the one of preprocess_cfg", () => {
    expect(openClip({ size: 224 }, 336)).toMatchObject({ width: 336, height: 336 });
    expect(openClip({ size: [224, 160] })).toMatchObject({ width: 160, height: 224 });
  });

  test('an oblong image is covered with bicubic whatever interpolation is set, as open_clip does it', () => {
    expect(openClip({ interpolation: 'bilinear' }, [28, 44]).steps).toEqual([
      resize({ type: 'cover', width: 44, height: 28 }, 'BICUBIC'),
      crop(44, 28, 'TORCHVISION'),
      toRgb,
    ]);
  });

  test('one mean stands for all channels, and null for the default', () => {
    expect(openClip({ mean: 0.5, std: [0.25], interpolation: null })).toMatchObject({ mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] });
  });

  test('images that are not RGB are UNSUPPORTED_MODEL', () => {
    expect(() => openClip({ mode: 'L' })).toThrow(UnsupportedModelError);
  });
});

describe('timm', () => {
  test('a file without fields has the defaults: 224 pixels, bicubic, 0.875 of the image, the means of ImageNet', () => {
    const expected = {
      steps: [toRgb, resize({ type: 'shortest', edge: 256 }, 'BICUBIC'), crop(224, 224, 'TORCHVISION')],
      width: 224,
      height: 224,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    };
    expect(timm({ architecture: 'resnet18' })).toMatchObject(expected);
    expect(timm({ architecture: 'resnet18', pretrained_cfg: {} })).toMatchObject(expected);
  });

  test('fields at the top of the file count where there is no pretrained_cfg', () => {
    expect(timm({ input_size: [3, 288, 256], crop_pct: 1, interpolation: 'bilinear' }).steps).toEqual([
      toRgb,
      resize({ type: 'cover', width: 256, height: 288 }, 'BILINEAR'),
      crop(256, 288, 'TORCHVISION'),
    ]);
  });

  test('images are prepared for the size of training, whatever larger one is there for tests', () => {
    const config = { input_size: [3, 160, 160], test_input_size: [3, 224, 224], crop_pct: 0.5, test_crop_pct: 1 };
    expect(timm({ pretrained_cfg: config })).toMatchObject({ width: 160, steps: [toRgb, { size: { edge: 320 } }, {}] });
  });

  test('a border has the colour of the mean', () => {
    const { steps } = timm({ crop_mode: 'border', crop_pct: 1, mean: [0.1, 0.5, 2] });
    expect(steps.slice(1)).toEqual([
      resize({ type: 'longest', width: 224, height: 224 }, 'BICUBIC'),
      crop(224, 224, 'TORCHVISION', [26, 128, 255]),
    ]);
  });

  test('a model that was built for another size takes images of that size', () => {
    expect(timm({ model_args: { img_size: 96 }, pretrained_cfg: { fixed_input_size: true } })).toMatchObject({ width: 96, height: 96 });
    expect(timm({ model_args: { img_size: [64, 96] }, pretrained_cfg: { fixed_input_size: true } })).toMatchObject({
      width: 96,
      height: 64,
    });
    expect(timm({ model_args: { img_size: 96 }, pretrained_cfg: {} })).toMatchObject({ width: 224 });
  });

  test('images of other than three channels are UNSUPPORTED_MODEL', () => {
    expect(() => timm({ input_size: [1, 28, 28] })).toThrow(UnsupportedModelError);
  });
});

describe('transformers', () => {
  test.each([
    ['CLIPImageProcessor', [resize({ type: 'shortest', edge: 224 }, 'BICUBIC'), crop(224, 224, 'TRANSFORMERS')]],
    ['CLIPImageProcessorFast', [resize({ type: 'shortest', edge: 224 }, 'BICUBIC'), crop(224, 224, 'TRANSFORMERS_FAST')]],
    ['CLIPFeatureExtractor', [resize({ type: 'shortest', edge: 224 }, 'BICUBIC'), crop(224, 224, 'TRANSFORMERS')]],
    ['SiglipImageProcessor', [resize({ type: 'exact', width: 224, height: 224 }, 'BICUBIC')]],
    ['ViTFeatureExtractor', [resize({ type: 'exact', width: 224, height: 224 }, 'BILINEAR')]],
    ['DeiTImageProcessor', [resize({ type: 'exact', width: 256, height: 256 }, 'BICUBIC'), crop(224, 224, 'TRANSFORMERS')]],
    ['ConvNextImageProcessor', [resize({ type: 'exact', width: 384, height: 384 }, 'BICUBIC')]],
  ])('%s does by default what its class does', (name, steps) => {
    const key = name.endsWith('Extractor') ? 'feature_extractor_type' : 'image_processor_type';
    expect(transformers({ [key]: name }).steps).toEqual([toRgb, ...steps]);
  });

  test('a size of one number is the shorter edge or both, as the class has it', () => {
    const clip = { image_processor_type: 'CLIPImageProcessor', size: 336, crop_size: 336 };
    expect(transformers(clip).steps[1]).toEqual(resize({ type: 'shortest', edge: 336 }, 'BICUBIC'));
    expect(transformers({ image_processor_type: 'ViTImageProcessor', size: 336 }).steps[1]).toMatchObject({
      size: { type: 'exact', width: 336 },
    });
  });

  test('a file without a class is read by the class of the model, and an unknown class by its fields', () => {
    const options = { imageSize: 64, defaultProcessor: 'CLIPImageProcessor' };
    expect(readTransformersPreprocessing({}, 'preprocessor_config.json', options).steps).toHaveLength(3);
    expect(transformers({ image_processor_type: 'NewImageProcessor', size: { height: 40, width: 48 } })).toMatchObject({
      width: 48,
      height: 40,
    });
    expect(transformers({ image_processor_type: 'NewImageProcessor' }, 64)).toMatchObject({ width: 64, height: 64 });
  });

  test('ConvNext cuts crop_pct out below 384 pixels', () => {
    const config = { image_processor_type: 'ConvNextImageProcessor', size: { shortest_edge: 224 }, crop_pct: 0.95 };
    expect(transformers(config).steps).toEqual([toRgb, resize({ type: 'shortest', edge: 235 }, 'BICUBIC'), crop(224, 224, 'TRANSFORMERS')]);
  });

  test('EfficientNet shifts by one and divides twice', () => {
    const config = {
      image_processor_type: 'EfficientNetImageProcessor',
      rescale_factor: 1 / 127.5,
      rescale_offset: true,
      image_mean: 0,
      image_std: 0.5,
    };
    expect(transformers(config)).toMatchObject({ rescale: 1 / 127.5, mean: [1, 1, 1], std: [0.25, 0.25, 0.25] });
  });

  test('what is switched off is left out', () => {
    const config = { image_processor_type: 'CLIPImageProcessor', do_resize: false, do_rescale: false, do_normalize: false };
    expect(transformers(config)).toMatchObject({ steps: [toRgb, { type: 'centerCrop' }], rescale: 1, mean: [0, 0, 0], std: [1, 1, 1] });
  });

  test.each([
    ['leaves images at sizes of their own', { image_processor_type: 'CLIPImageProcessor', do_center_crop: false }],
    ['resizes by the longest edge', { image_processor_type: 'ViTImageProcessor', size: { longest_edge: 512 } }],
    ['cuts images into patches', { image_processor_type: 'Siglip2ImageProcessor' }],
  ])('a processor that %s is UNSUPPORTED_MODEL', (_, config) => {
    expect(() => transformers(config)).toThrow(UnsupportedModelError);
  });
});

const absurd = [0, -1, 1.5, 1e9, Number.NaN, Number.POSITIVE_INFINITY, '224', true, {}, [], [1, 2, 3, 4]];

test.each(absurd.map((value) => [value]))('a size of %j is INVALID_MODEL_FILE', (value) => {
  expect(() => openClip({}, value)).toThrow(InvalidModelFileError);
  expect(() => timm({ input_size: [3, value, 224] })).toThrow(InvalidModelFileError);
  expect(() => transformers({ image_processor_type: 'ViTImageProcessor', size: { height: value, width: 224 } })).toThrow(
    InvalidModelFileError,
  );
  expect(() => transformers({ crop_size: { height: 224, width: value }, do_center_crop: true })).toThrow(InvalidModelFileError);
});

test.each([
  ['a deviation of 0', () => openClip({ std: 0 })],
  ['two means', () => timm({ mean: [0.5, 0.5] })],
  ['a mean that is no number', () => transformers({ image_mean: ['a', 'b', 'c'] })],
  ['an interpolation that does not exist', () => timm({ interpolation: 'constructor' })],
  ['a resize mode that does not exist', () => openClip({ resize_mode: 'stretch' })],
  ['a filter that Pillow does not have', () => transformers({ resample: 6 })],
  ['a crop of almost nothing', () => timm({ crop_pct: 1e-9 })],
  ['a fill that is no value of a pixel', () => openClip({ resize_mode: 'longest', fill_color: 256 })],
])('%s is INVALID_MODEL_FILE', (_, read) => {
  expect(read).toThrow(InvalidModelFileError);
});

test('whatever stands in a file, it is read or refused with a reason', () => {
  const names = ['size', 'image_size', 'input_size', 'crop_size', 'mean', 'std', 'image_mean', 'image_std', 'crop_pct', 'crop_mode'];
  const others = [
    'interpolation',
    'resample',
    'resize_mode',
    'fill_color',
    'do_resize',
    'do_center_crop',
    'rescale_factor',
    'mode',
    'img_size',
  ];
  const value = fc.oneof(fc.jsonValue(), fc.integer(), fc.double(), fc.array(fc.integer({ min: -2, max: 3000 }), { maxLength: 4 }));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names, ...others), value), (fields) => {
      for (const read of [() => openClip(fields, fields.image_size), () => timm(fields), () => transformers(fields)]) {
        try {
          const { width, height, mean, std, rescale } = read();
          for (const edge of [width, height]) expect(edge > 0 && edge <= 2048).toBe(true);
          for (const number of [...mean, ...std, rescale]) expect(Number.isFinite(number)).toBe(true);
        } catch (error) {
          if (!(error instanceof InvalidModelFileError || error instanceof UnsupportedModelError)) throw error;
        }
      }
    }),
    { numRuns: 500 },
  );
});
