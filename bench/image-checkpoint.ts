import { createWriteStream, existsSync } from 'node:fs';
import { copyFile, link, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { Precision } from '../src/formats/checkpoint-facts.ts';
import { readImageCheckpoint } from '../src/formats/read-image-checkpoint.ts';
import { type TensorData, writeSafetensors } from '../src/formats/safetensors-writer.ts';
import { seededRandom } from './random.ts';

/** Sizes of openai/clip-vit-base-patch32's image tower; the text tower is as small as can be, for nothing here asks it. */
const image = { width: 768, inner: 3072, layers: 12, heads: 12, patch: 32, size: 224 } as const;
const text = { width: 64, inner: 128, layers: 1, heads: 4, positions: 77, words: 1014 } as const;
const projection = 512;
const tokenizer = fileURLToPath(new URL('../test/golden/tiny-clip-hf/model/', import.meta.url));
/** Files by the names that transformers.js looks for; the second for `dtype: 'q8'`. */
const onnxFiles: Readonly<Record<Precision, string>> = { F32: 'vision_model.onnx', INT8: 'vision_model_quantized.onnx' };

/** Writes a CLIPModel with a ViT-B/32 and random weights into `folder`, unless it is there. */
export async function ensureImageCheckpoint(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const staging = `${folder}.${process.pid}`;
  await mkdir(staging, { recursive: true });
  for (const [path, content] of Object.entries({ 'config.json': config, 'preprocessor_config.json': preprocessing })) {
    await writeFile(join(staging, path), JSON.stringify(content));
  }
  for (const file of ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json'])
    await copyFile(tokenizer + file, join(staging, file));
  await pipeline(Readable.from(writeSafetensors(listTensors(), { format: 'pt' })), createWriteStream(join(staging, 'model.safetensors')));
  await rename(staging, folder);
}

/** Writes what transformers.js needs to run the very same image tower: our graphs over a link to the weights. */
export async function ensureImagePeerModel(folder: string, checkpoint: string): Promise<void> {
  if (existsSync(folder)) return;
  const staging = `${folder}.${process.pid}`;
  await mkdir(join(staging, 'onnx'), { recursive: true });
  for (const file of ['config.json', 'preprocessor_config.json']) await copyFile(join(checkpoint, file), join(staging, file));
  await link(join(checkpoint, 'model.safetensors'), join(staging, 'onnx', 'model.safetensors'));
  for (const [precision, file] of Object.entries(onnxFiles)) {
    const read = await readImageCheckpoint(checkpoint, { precision: precision as Precision });
    if (read && 'graph' in read.image.network) await writeFile(join(staging, 'onnx', file), read.image.network.graph);
  }
  await rename(staging, folder);
}

const config = {
  architectures: ['CLIPModel'],
  model_type: 'clip',
  projection_dim: projection,
  text_config: {
    model_type: 'clip_text_model',
    bos_token_id: 0,
    eos_token_id: 2,
    hidden_size: text.width,
    intermediate_size: text.inner,
    num_attention_heads: text.heads,
    num_hidden_layers: text.layers,
    projection_dim: projection,
    vocab_size: text.words,
  },
  vision_config: {
    model_type: 'clip_vision_model',
    hidden_size: image.width,
    image_size: image.size,
    intermediate_size: image.inner,
    num_attention_heads: image.heads,
    num_hidden_layers: image.layers,
    patch_size: image.patch,
    projection_dim: projection,
  },
};

const preprocessing = {
  crop_size: { height: image.size, width: image.size },
  do_center_crop: true,
  do_convert_rgb: true,
  do_normalize: true,
  do_rescale: true,
  do_resize: true,
  image_processor_type: 'CLIPImageProcessor',
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
  resample: 3,
  rescale_factor: 1 / 255,
  size: { shortest_edge: image.size },
};

function listTensors(): TensorData[] {
  const random = seededRandom(32);
  const tensors: TensorData[] = [];
  function put(name: string, shape: readonly number[], center: number, spread: number): void {
    const count = shape.reduce((product, size) => product * size, 1);
    const values = Float32Array.from({ length: count }, () => center + (random() * 2 - 1) * spread);
    tensors.push({ name, dtype: 'F32', shape, data: new Uint8Array(values.buffer) });
  }
  function norm(name: string, width: number): void {
    put(`${name}.weight`, [width], 1, 0.2);
    put(`${name}.bias`, [width], 0, 0.2);
  }
  function linear(name: string, from: number, to: number): void {
    put(`${name}.weight`, [to, from], 0, 1 / Math.sqrt(from));
    put(`${name}.bias`, [to], 0, 0.1);
  }
  function layers(model: string, { width, inner, layers: count }: { width: number; inner: number; layers: number }): void {
    for (let layer = 0; layer < count; layer += 1) {
      const name = `${model}.encoder.layers.${layer}`;
      for (const part of ['q_proj', 'k_proj', 'v_proj', 'out_proj']) linear(`${name}.self_attn.${part}`, width, width);
      linear(`${name}.mlp.fc1`, width, inner);
      linear(`${name}.mlp.fc2`, inner, width);
      norm(`${name}.layer_norm1`, width);
      norm(`${name}.layer_norm2`, width);
    }
  }
  put('logit_scale', [], 2.66, 0);
  put('text_model.embeddings.position_embedding.weight', [text.positions, text.width], 0, 0.2);
  put('text_model.embeddings.token_embedding.weight', [text.words, text.width], 0, 1);
  layers('text_model', text);
  norm('text_model.final_layer_norm', text.width);
  put('text_projection.weight', [projection, text.width], 0, 0.1);
  put('vision_model.embeddings.class_embedding', [image.width], 0, 1);
  put('vision_model.embeddings.patch_embedding.weight', [image.width, 3, image.patch, image.patch], 0, 0.05);
  put('vision_model.embeddings.position_embedding.weight', [(image.size / image.patch) ** 2 + 1, image.width], 0, 0.2);
  layers('vision_model', image);
  norm('vision_model.pre_layrnorm', image.width);
  norm('vision_model.post_layernorm', image.width);
  put('visual_projection.weight', [projection, image.width], 0, 0.05);
  return tensors;
}
