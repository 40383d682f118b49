import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type TensorData, writeSafetensors } from '../src/formats/safetensors-writer.ts';
import { seededRandom } from './random.ts';
import { describeTokenizer, type Vocabulary } from './vocabulary.ts';

/** Sizes of sentence-transformers/all-MiniLM-L6-v2. */
const miniLm = { layers: 6, hidden: 384, heads: 12, intermediate: 1536, positions: 512 } as const;

/** Writes a checkpoint of MiniLM's shape with random weights into `folder`, unless it is there. */
export async function ensureCheckpoint(folder: string, vocabulary: Vocabulary): Promise<void> {
  if (existsSync(folder)) return;
  const staging = `${folder}.${process.pid}`;
  for (const [path, content] of Object.entries(describeFiles(vocabulary))) {
    await mkdir(dirname(join(staging, path)), { recursive: true });
    await writeFile(join(staging, path), JSON.stringify(content));
  }
  const weights = writeSafetensors(listTensors(vocabulary.tokens.length), { format: 'pt' });
  await pipeline(Readable.from(weights), createWriteStream(join(staging, 'model.safetensors')));
  await rename(staging, folder);
}

function describeFiles(vocabulary: Vocabulary): Record<string, unknown> {
  const moduleOf = (type: string, index: number, path: string) => ({
    idx: index,
    name: String(index),
    path,
    type: `sentence_transformers.models.${type}`,
  });
  return {
    'config.json': {
      architectures: ['BertModel'],
      model_type: 'bert',
      hidden_act: 'gelu',
      hidden_size: miniLm.hidden,
      intermediate_size: miniLm.intermediate,
      layer_norm_eps: 1e-12,
      max_position_embeddings: miniLm.positions,
      num_attention_heads: miniLm.heads,
      num_hidden_layers: miniLm.layers,
      pad_token_id: 0,
      position_embedding_type: 'absolute',
      torch_dtype: 'float32',
      type_vocab_size: 2,
      vocab_size: vocabulary.tokens.length,
    },
    'modules.json': [moduleOf('Transformer', 0, ''), moduleOf('Pooling', 1, '1_Pooling'), moduleOf('Normalize', 2, '2_Normalize')],
    '1_Pooling/config.json': { word_embedding_dimension: miniLm.hidden, pooling_mode_cls_token: false, pooling_mode_mean_tokens: true },
    'sentence_bert_config.json': { max_seq_length: 256, do_lower_case: false },
    'tokenizer.json': describeTokenizer(vocabulary),
    'tokenizer_config.json': {
      tokenizer_class: 'BertTokenizer',
      do_lower_case: true,
      model_max_length: miniLm.positions,
      pad_token: '[PAD]',
      unk_token: '[UNK]',
      cls_token: '[CLS]',
      sep_token: '[SEP]',
      mask_token: '[MASK]',
    },
  };
}

function listTensors(vocabularySize: number): TensorData[] {
  const { layers, hidden, intermediate, positions } = miniLm;
  const random = seededRandom(384);
  const tensors: TensorData[] = [];
  function put(name: string, shape: readonly number[], center: number, spread: number): void {
    const count = shape.reduce((product, size) => product * size, 1);
    const values = Float32Array.from({ length: count }, () => center + (random() * 2 - 1) * spread);
    tensors.push({ name, dtype: 'F32', shape, data: new Uint8Array(values.buffer) });
  }
  function linear(name: string, from: number, to: number): void {
    put(`${name}.weight`, [to, from], 0, 1 / Math.sqrt(from));
    put(`${name}.bias`, [to], 0, 0.1);
  }
  function norm(name: string): void {
    put(`${name}.weight`, [hidden], 1, 0.2);
    put(`${name}.bias`, [hidden], 0, 0.2);
  }
  put('embeddings.word_embeddings.weight', [vocabularySize, hidden], 0, 1);
  put('embeddings.position_embeddings.weight', [positions, hidden], 0, 0.2);
  put('embeddings.token_type_embeddings.weight', [2, hidden], 0, 0.2);
  norm('embeddings.LayerNorm');
  for (let layer = 0; layer < layers; layer += 1) {
    const name = `encoder.layer.${layer}`;
    for (const part of ['query', 'key', 'value']) linear(`${name}.attention.self.${part}`, hidden, hidden);
    linear(`${name}.attention.output.dense`, hidden, hidden);
    norm(`${name}.attention.output.LayerNorm`);
    linear(`${name}.intermediate.dense`, hidden, intermediate);
    linear(`${name}.output.dense`, intermediate, hidden);
    norm(`${name}.output.LayerNorm`);
  }
  return tensors;
}
