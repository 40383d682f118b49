import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isBuiltImageArchitecture, readImageCheckpoint } from '../../src/formats/read-image-checkpoint.ts';
import { type CheckpointChanges, changedCheckpoint, type HeaderEntry, renameTensor } from '../support/changed-checkpoint.ts';

const openClipWeights = 'open_clip_model.safetensors';

/** Reads a changed copy of a golden checkpoint; answers the error's code and message. */
async function failureOf(name: string, changes: CheckpointChanges): Promise<{ code: string; message: string }> {
  await using folder = await changedCheckpoint(name, changes);
  const error = await readImageCheckpoint(folder.path).then(
    () => ({ code: 'none', message: '' }),
    (cause: { code: string; message: string }) => cause,
  );
  return { code: error.code, message: error.message };
}

/** Changes a part of `model_cfg`. */
function openClip(part: 'vision_cfg' | 'text_cfg' | 'model_cfg', values: Record<string, unknown>): CheckpointChanges {
  return {
    json: {
      'open_clip_config.json': ({ model_cfg: model }) => {
        const config = model as Record<string, Record<string, unknown>>;
        Object.assign(part === 'model_cfg' ? config : (config[part] ?? {}), values);
      },
    },
  };
}

describe('settings of open_clip that are not built', () => {
  const unsupported: [part: 'vision_cfg' | 'text_cfg' | 'model_cfg', values: Record<string, unknown>, named: string][] = [
    ['vision_cfg', { rope_theta: 100 }, 'vision_cfg.rope_theta'],
    ['text_cfg', { attn_logit_softcap: 5 }, 'text_cfg.attn_logit_softcap'],
    ['model_cfg', { aux_cfg: {} }, 'aux_cfg'],
    ['vision_cfg', { pos_embed_type: 'rope' }, 'rope'],
    ['vision_cfg', { pool_type: 'none' }, 'none'],
    ['vision_cfg', { scaled_cosine_attn: true }, 'scaled_cosine_attn'],
    ['vision_cfg', { norm_kwargs: { bias: false } }, 'norm_kwargs.bias'],
    ['vision_cfg', { attentional_pool: 'other' }, 'other'],
    ['text_cfg', { pool_type: 'mean' }, 'mean'],
    ['text_cfg', { hf_model_name: 'google/mt5-base', hf_tokenizer_name: 'google/mt5-base' }, 'mt5'],
    ['text_cfg', { tokenizer_mode: 'clips' }, 'clips'],
    ['text_cfg', { tokenizer_kwargs: { language: 'eng_Latn' } }, 'language'],
  ];
  it.each(unsupported)('in %s, %j are named', async (part, values, named) => {
    expect(await failureOf('tiny-clip-openai', openClip(part, values))).toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      message: expect.stringContaining(named),
    });
  });

  it.each([['vitamin_small_224'], ['vit_pe_core_base_patch16_224'], ['swin_base_patch4_window7_224'], ['__proto__']])(
    'the image tower %s is named',
    async (name) => {
      const tower = { timm_model_name: name, timm_pool: 'avg', timm_proj: 'linear', image_size: 32 };
      const replaced: CheckpointChanges = {
        json: { 'open_clip_config.json': ({ model_cfg: model }) => Object.assign(model as object, { vision_cfg: tower }) },
      };
      expect(await failureOf('tiny-clip-openai', replaced)).toMatchObject({
        code: 'UNSUPPORTED_MODEL',
        message: expect.stringContaining(name),
      });
      expect(isBuiltImageArchitecture({ model_cfg: { embed_dim: 8, vision_cfg: tower, text_cfg: {} } })).toBe(false);
    },
  );

  it('sound is named', () => {
    expect(isBuiltImageArchitecture({ model_cfg: { embed_dim: 8, audio_cfg: {}, text_cfg: {} } })).toBe(false);
  });
});

describe('malformed settings', () => {
  const malformed: [part: 'vision_cfg' | 'text_cfg' | 'model_cfg', values: Record<string, unknown>, message: string][] = [
    ['model_cfg', { embed_dim: 0 }, 'embed_dim'],
    ['model_cfg', { embed_dim: 1e12 }, 'embed_dim'],
    ['model_cfg', { vision_cfg: null }, 'vision_cfg'],
    ['model_cfg', { text_cfg: [] }, 'text_cfg'],
    ['vision_cfg', { layers: 1e9 }, 'layers'],
    ['vision_cfg', { layers: [1, 2] }, 'layers'],
    ['vision_cfg', { image_size: 1e9 }, 'image_size'],
    ['vision_cfg', { image_size: [32, -1] }, 'image_size'],
    ['vision_cfg', { patch_size: 0 }, 'patch_size'],
    ['vision_cfg', { patch_size: 64 }, 'image_size must not be below patch_size'],
    ['vision_cfg', { head_width: 5 }, 'attention heads'],
    ['vision_cfg', { head_width: 1000 }, 'attention heads'],
    ['vision_cfg', { mlp_ratio: 'four' }, 'mlp_ratio'],
    ['text_cfg', { context_length: 1e12 }, 'context_length'],
    ['text_cfg', { heads: 3 }, 'attention heads'],
    ['text_cfg', { context_length: 76 }, 'positional_embedding'],
    ['vision_cfg', { image_size: 4096 }, 'positional_embedding'],
    ['vision_cfg', { ls_init_value: 0.1 }, 'ls_1.gamma'],
    ['vision_cfg', { layers: 4 }, 'resblocks.3'],
    ['vision_cfg', { layers: 2 }, 'resblocks.2'],
    ['vision_cfg', { attentional_pool: true }, 'attn_pool'],
  ];
  it.each(malformed)('in %s, %j', async (part, values, message) => {
    const changes = openClip(part, values);
    expect(await failureOf('tiny-clip-openai', changes)).toMatchObject({
      code: 'INVALID_MODEL_FILE',
      message: expect.stringContaining(message),
    });
  });

  it('a vocabulary of another size than the table', async () => {
    expect(await failureOf('tiny-eva02-clip', openClip('text_cfg', { vocab_size: 765 }))).toMatchObject({
      code: 'INVALID_MODEL_FILE',
      message: expect.stringContaining('token_embedding.weight'),
    });
  });

  it.each([
    ['hidden_size', 33, 'attention heads'],
    ['num_hidden_layers', 1e7, 'num_hidden_layers'],
    ['image_size', 1e8, 'image_size'],
    ['patch_size', 33, 'patch_size'],
    ['num_channels', 1, 'num_channels'],
    ['image_size', 64, 'position_embedding'],
  ])('of transformers, %s %j', async (name, value, message) => {
    const changes: CheckpointChanges = {
      json: { 'config.json': ({ vision_config: vision }) => Object.assign(vision as object, { [name]: value }) },
    };
    expect(await failureOf('tiny-clip-hf', changes)).toMatchObject({
      code: 'INVALID_MODEL_FILE',
      message: expect.stringContaining(message),
    });
  });

  it('a processor that makes images of another size than the tower takes', async () => {
    const changes: CheckpointChanges = {
      json: { 'preprocessor_config.json': (object) => Object.assign(object, { crop_size: 24, size: 24 }) },
    };
    expect(await failureOf('tiny-clip-hf', changes)).toMatchObject({
      code: 'INVALID_MODEL_FILE',
      message: expect.stringContaining('24 × 24'),
    });
  });

  it('SigLIP 2 in its NaFlex form', async () => {
    const changes: CheckpointChanges = { json: { 'config.json': (object) => Object.assign(object, { model_type: 'siglip2' }) } };
    expect(await failureOf('tiny-siglip-hf', changes)).toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      message: expect.stringContaining('NaFlex'),
    });
  });
});

describe('tokenizers that pad on the left', () => {
  it('are refused where padding takes part', async () => {
    const changes: CheckpointChanges = { json: { 'tokenizer_config.json': (object) => Object.assign(object, { padding_side: 'left' }) } };
    expect(await failureOf('tiny-siglip-hf', changes)).toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      message: expect.stringContaining('left'),
    });
    expect((await failureOf('tiny-clip-hf', changes)).code).toBe('none');
  });
});

describe('malformed weights', () => {
  const changed = (change: (header: Record<string, HeaderEntry>) => void, file = openClipWeights): CheckpointChanges => ({
    weights: { file, change },
  });
  const missing: [golden: string, file: string, tensor: string][] = [
    ['tiny-clip-openai', openClipWeights, 'visual.conv1.weight'],
    ['tiny-clip-openai', openClipWeights, 'transformer.resblocks.1.mlp.c_fc.bias'],
    ['tiny-mobileclip', openClipWeights, 'visual.trunk.head.fc.weight'],
    ['tiny-eva02-clip', openClipWeights, 'visual.trunk.blocks.1.attn.norm.bias'],
    ['tiny-clip-coca', openClipWeights, 'visual.attn_pool.attn.k_proj_weight'],
    ['tiny-clip-hf', 'model.safetensors', 'text_projection.weight'],
    ['tiny-siglip-hf', 'model.safetensors', 'vision_model.head.probe'],
  ];
  it.each(missing)('of %s: in %s, %s is missing', async (golden, file, tensor) => {
    const failure = await failureOf(
      golden,
      changed((header) => renameTensor(header, tensor, `${tensor}.other`), file),
    );
    expect(failure.code).toBe('INVALID_MODEL_FILE');
    expect(failure.message).toContain(tensor);
  });

  it.each(missing)('of %s: in %s, %s has another shape', async (golden, file, tensor) => {
    const failure = await failureOf(
      golden,
      changed((header) => {
        const entry = header[tensor];
        if (entry) entry.shape = [1, ...entry.shape];
      }, file),
    );
    expect(failure).toMatchObject({ code: 'INVALID_MODEL_FILE', message: expect.stringContaining('shape') });
  });

  it('a weight that has no place in the model is refused, as upstream refuses it', async () => {
    const failure = await failureOf(
      'tiny-clip-coca',
      changed((header) => renameTensor(header, 'text_decoder.ln_final.bias', 'text.transformer.extra')),
    );
    expect(failure).toMatchObject({ code: 'INVALID_MODEL_FILE', message: expect.stringContaining('text.transformer.extra') });
  });

  it('a logit scale of several values', async () => {
    const failure = await failureOf(
      'tiny-clip-openai',
      changed((header) => {
        renameTensor(header, 'logit_scale', 'attn_mask');
        renameTensor(header, 'visual.ln_pre.bias', 'logit_scale');
        renameTensor(header, 'attn_mask', 'visual.ln_pre.bias');
      }),
    );
    expect(failure.code).toBe('INVALID_MODEL_FILE');
  });

  it('weights that are only there as a pickle are not read', async () => {
    await using folder = await changedCheckpoint('tiny-clip-openai', {});
    await rm(join(folder.path, openClipWeights));
    await expect(readImageCheckpoint(folder.path)).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE' });
    await writeFile(join(folder.path, 'open_clip_pytorch_model.bin'), '');
    await expect(readImageCheckpoint(folder.path)).rejects.toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      message: expect.stringContaining('pickle'),
    });
  });
});

describe('tokenizers of CLIP', () => {
  it('are read from vocab.json and merges.txt as from tokenizer.json', async () => {
    await using folder = await changedCheckpoint('tiny-clip-hf', {});
    const whole = await readImageCheckpoint(folder.path);
    await rm(join(folder.path, 'tokenizer.json'));
    const parts = await readImageCheckpoint(folder.path);
    const modelOf = (json = '{}') => JSON.parse(json) as { model: { vocab: unknown; merges: unknown[] }; pre_tokenizer: unknown };
    const [expected, made] = [modelOf(whole?.text?.tokenizer.json), modelOf(parts?.text?.tokenizer.json)];
    expect(made.model.vocab).toEqual(expected.model.vocab);
    expect(made.model.merges.map(String)).toEqual(expected.model.merges.map((merge) => (Array.isArray(merge) ? merge.join(' ') : merge)));
    expect(made.pre_tokenizer).toEqual(expected.pre_tokenizer);
    await rm(join(folder.path, 'merges.txt'));
    await expect(readImageCheckpoint(folder.path)).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE' });
  });

  it('are not guessed for a vocabulary of another size', async () => {
    await using folder = await changedCheckpoint('tiny-mobileclip', {});
    await rm(join(folder.path, 'tokenizer.json'));
    await expect(readImageCheckpoint(folder.path)).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE' });
  });
});
