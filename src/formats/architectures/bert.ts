import { InvalidModelFileError, quote, UnsupportedModelError } from '../../errors.ts';
import { jsonFields } from '../json-fields.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { Weights } from '../weights.ts';
import type { TextArchitecture } from './architecture.ts';
import { type Activation, activationNamed } from './blocks/activation.ts';
import { additiveMask, multiHeadAttention } from './blocks/attention.ts';
import { layerNorm } from './blocks/layer-norm.ts';
import { linear } from './blocks/linear.ts';
import { countingPositions } from './blocks/positions.ts';

/**
 * BERT's encoder: learned absolute positions, token types, layer norm after each block.
 *
 * Reference: transformers, `models/bert/modeling_bert.py`; defaults from `configuration_bert.py`.
 */
export const bert: TextArchitecture = {
  modelType: 'bert',
  classPrefix: 'Bert',
  read(config, file) {
    const fields = jsonFields(config, file);
    const positions = fields.string('position_embedding_type', { default: 'absolute' });
    if (positions !== 'absolute') throw unsupported(`BERT with position_embedding_type ${quote(positions)} is not built here.`);
    for (const flag of ['is_decoder', 'add_cross_attention']) {
      if (fields.boolean(flag, { default: false })) throw unsupported(`BERT with ${flag} is not built here.`);
    }
    const sizes: BertSizes = {
      hidden: fields.integer('hidden_size', { min: 1, default: 768 }),
      intermediate: fields.integer('intermediate_size', { min: 1, default: 3072 }),
      heads: fields.integer('num_attention_heads', { min: 1, default: 12 }),
      epsilon: fields.number('layer_norm_eps', { default: 1e-12 }),
      activation: activationNamed(fields.string('hidden_act', { default: 'gelu' }), file),
    };
    if (sizes.hidden % sizes.heads !== 0) {
      throw new InvalidModelFileError({
        file,
        message: `hidden_size ${sizes.hidden} is no multiple of num_attention_heads ${sizes.heads}.`,
      });
    }
    const layers = fields.integer('num_hidden_layers', { max: 1000, default: 12 });
    const maxPositions = fields.integer('max_position_embeddings', { min: 1, default: 512 });
    const vocabularySize = fields.integer('vocab_size', { min: 1, default: 30522 });
    const typeCount = fields.integer('type_vocab_size', { min: 1, default: 2 });
    return {
      hiddenSize: sizes.hidden,
      maxPositions,
      vocabularySize,
      typeCount,
      summary: `${layers} layers of width ${sizes.hidden}`,
      build(graph, weights, { ids, mask, typeIds }) {
        // Checkpoints with a head on top keep the encoder under `bert.`.
        const encoder = weights.has('embeddings.word_embeddings.weight') ? weights : weights.withPrefix('bert.');
        const table = encoder.withPrefix('embeddings.');
        const words = table.rows('word_embeddings.weight', [vocabularySize, sizes.hidden], ids);
        const types = table.rows('token_type_embeddings.weight', [typeCount, sizes.hidden], typeIds);
        const places = table.rows('position_embeddings.weight', [maxPositions, sizes.hidden], countingPositions(graph, ids));
        const sum = graph.add(graph.add(words, types), places);
        const bias = additiveMask(graph, mask);
        let hidden = layerNorm(graph, table, sum, { name: 'LayerNorm', size: sizes.hidden, epsilon: sizes.epsilon });
        for (let layer = 0; layer < layers; layer += 1) {
          hidden = bertLayer(graph, encoder.withPrefix(`encoder.layer.${layer}.`), { hidden, bias, sizes });
        }
        return hidden;
      },
    };
  },
};

interface BertSizes {
  hidden: number;
  intermediate: number;
  heads: number;
  epsilon: number;
  activation: Activation;
}

function bertLayer(
  graph: GraphBuilder,
  weights: Weights,
  { hidden, bias, sizes }: { hidden: Value; bias: Value; sizes: BertSizes },
): Value {
  const { hidden: size, intermediate, heads, epsilon, activation } = sizes;
  const project = (name: string): Value => linear(graph, weights, hidden, { name: `attention.self.${name}`, from: size, to: size });
  const context = multiHeadAttention(graph, {
    query: project('query'),
    key: project('key'),
    value: project('value'),
    heads,
    headSize: size / heads,
    bias,
  });
  const attended = linear(graph, weights, context, { name: 'attention.output.dense', from: size, to: size });
  const middle = layerNorm(graph, weights, graph.add(attended, hidden), { name: 'attention.output.LayerNorm', size, epsilon });
  const wide = activation(graph, linear(graph, weights, middle, { name: 'intermediate.dense', from: size, to: intermediate }));
  const narrow = linear(graph, weights, wide, { name: 'output.dense', from: intermediate, to: size });
  return layerNorm(graph, weights, graph.add(narrow, middle), { name: 'output.LayerNorm', size, epsilon });
}

function unsupported(reason: string): UnsupportedModelError {
  return new UnsupportedModelError({
    reason,
    remedy: 'Put an onnx/model.onnx beside the weights (optimum-cli export onnx --model <repository> <folder>).',
  });
}
