import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type TensorData, writeSafetensors } from '../formats/safetensors-writer.ts';
import { describeTokenizer, listWordPieces, type WordPiece } from './word-pieces.ts';
import { wordVector } from './word-vectors.ts';

const width = 128;
const innerWidth = 64;
const positions = 256;
/**
 * So large an epsilon, undone by the weight, makes BERT's layer norms leave vectors as they are: √(variance + epsilon) hardly
 * depends on the variance. Else each token would be scaled to the same length, the stop words too.
 */
const layerNormEpsilon = 1e4;
const layerNormWeight = Math.sqrt(layerNormEpsilon);

/**
 * Writes the `demo/bag-of-words` checkpoint into a folder: a sentence-transformers BERT whose attention and feed-forward
 * add nothing, so that a text's vector is the mean of its words' vectors, and texts that share words are near. Every run
 * writes the same bytes.
 */
export async function writeBagOfWords(folder: string): Promise<void> {
  const pieces = listWordPieces();
  await mkdir(join(folder, '1_Pooling'), { recursive: true });
  for (const [path, content] of Object.entries(describeFiles(pieces))) {
    await writeFile(join(folder, path), `${JSON.stringify(content, null, 2)}\n`);
  }
  await writeFile(join(folder, 'vocab.txt'), `${pieces.map(({ text }) => text).join('\n')}\n`);
  const weights = writeSafetensors(listTensors(pieces), { format: 'pt' });
  await pipeline(Readable.from(weights), createWriteStream(join(folder, 'model.safetensors')));
}

function describeFiles(pieces: readonly WordPiece[]): Record<string, unknown> {
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
      hidden_size: width,
      intermediate_size: innerWidth,
      layer_norm_eps: layerNormEpsilon,
      max_position_embeddings: positions,
      num_attention_heads: 4,
      num_hidden_layers: 1,
      pad_token_id: 0,
      position_embedding_type: 'absolute',
      torch_dtype: 'float32',
      type_vocab_size: 2,
      vocab_size: pieces.length,
    },
    'modules.json': [moduleOf('Transformer', 0, ''), moduleOf('Pooling', 1, '1_Pooling'), moduleOf('Normalize', 2, '2_Normalize')],
    '1_Pooling/config.json': { word_embedding_dimension: width, pooling_mode_cls_token: false, pooling_mode_mean_tokens: true },
    'sentence_bert_config.json': { max_seq_length: positions, do_lower_case: false },
    'tokenizer.json': describeTokenizer(pieces),
    'tokenizer_config.json': { tokenizer_class: 'BertTokenizer', do_lower_case: true, model_max_length: positions },
    'special_tokens_map.json': {
      cls_token: '[CLS]',
      mask_token: '[MASK]',
      pad_token: '[PAD]',
      sep_token: '[SEP]',
      unk_token: '[UNK]',
    },
  };
}

function listTensors(pieces: readonly WordPiece[]): TensorData[] {
  const layer = 'encoder.layer.0';
  const words = new Float32Array(pieces.length * width);
  pieces.forEach(({ text, norm }, row) => {
    words.set(wordVector(text, width, norm), row * width);
  });
  const dense = (name: string, outputs: number, inputs: number) => [
    tensor(`${name}.weight`, [outputs, inputs]),
    tensor(`${name}.bias`, [outputs]),
  ];
  const norm = (name: string) => [
    tensor(`${name}.weight`, [width], new Float32Array(width).fill(layerNormWeight)),
    tensor(`${name}.bias`, [width]),
  ];
  return [
    tensor('embeddings.word_embeddings.weight', [pieces.length, width], words),
    tensor('embeddings.position_embeddings.weight', [positions, width]),
    tensor('embeddings.token_type_embeddings.weight', [2, width]),
    ...norm('embeddings.LayerNorm'),
    ...['query', 'key', 'value'].flatMap((part) => dense(`${layer}.attention.self.${part}`, width, width)),
    ...dense(`${layer}.attention.output.dense`, width, width),
    ...norm(`${layer}.attention.output.LayerNorm`),
    ...dense(`${layer}.intermediate.dense`, innerWidth, width),
    ...dense(`${layer}.output.dense`, width, innerWidth),
    ...norm(`${layer}.output.LayerNorm`),
  ];
}

/** A float32 tensor; all zero unless values are given. */
function tensor(name: string, shape: readonly number[], values?: Float32Array): TensorData {
  const floats = values ?? new Float32Array(shape.reduce((product, size) => product * size, 1));
  const data = new Uint8Array(floats.length * 4);
  const view = new DataView(data.buffer);
  floats.forEach((value, index) => {
    view.setFloat32(index * 4, value, true);
  });
  return { name, dtype: 'F32', shape, data };
}
