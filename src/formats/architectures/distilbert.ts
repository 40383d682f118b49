import { jsonFields } from '../json-fields.ts';
import type { TextArchitecture } from './architecture.ts';
import { activationNamed } from './blocks/activation.ts';
import { additiveMask } from './blocks/attention.ts';
import { layerNorm } from './blocks/layer-norm.ts';
import { countingPositions } from './blocks/positions.ts';
import { headSizeOf, type PostNormNames, type PostNormSizes, postNormLayer } from './blocks/post-norm-layer.ts';
import { anyTypeCount } from './variants.ts';

const names: PostNormNames = {
  query: 'attention.q_lin',
  key: 'attention.k_lin',
  value: 'attention.v_lin',
  attended: 'attention.out_lin',
  attentionNorm: 'sa_layer_norm',
  wide: 'ffn.lin1',
  narrow: 'ffn.lin2',
  outputNorm: 'output_layer_norm',
};

/**
 * DistilBERT's encoder: BERT with half of its layers and no token types. Sinusoidal positions are stored weights like learned ones.
 *
 * Reference: transformers, `models/distilbert/modeling_distilbert.py`; defaults from `configuration_distilbert.py`.
 */
export const distilbert: TextArchitecture = {
  modelType: 'distilbert',
  classPrefix: 'DistilBert',
  read(config, file) {
    const fields = jsonFields(config, file);
    const sizes: PostNormSizes = {
      hidden: fields.integer('dim', { min: 1, default: 768 }),
      intermediate: fields.integer('hidden_dim', { min: 1, default: 3072 }),
      heads: fields.integer('n_heads', { min: 1, default: 12 }),
      // A constant of the model, in no config.
      epsilon: 1e-12,
      activation: activationNamed(fields.string('activation', { default: 'gelu' }), file),
    };
    headSizeOf(sizes, file);
    const layers = fields.integer('n_layers', { max: 1000, default: 6 });
    const maxPositions = fields.integer('max_position_embeddings', { min: 1, default: 512 });
    const vocabularySize = fields.integer('vocab_size', { min: 1, default: 30522 });
    return {
      hiddenSize: sizes.hidden,
      maxPositions,
      vocabularySize,
      typeCount: anyTypeCount,
      summary: `${layers} layers of width ${sizes.hidden}`,
      build(graph, weights, { ids, mask }) {
        // Checkpoints with a head on top keep the encoder under `distilbert.`.
        const encoder = weights.has('embeddings.word_embeddings.weight') ? weights : weights.withPrefix('distilbert.');
        const table = encoder.withPrefix('embeddings.');
        const words = table.rows('word_embeddings.weight', [vocabularySize, sizes.hidden], ids);
        const places = table.rows('position_embeddings.weight', [maxPositions, sizes.hidden], countingPositions(graph, ids));
        const bias = additiveMask(graph, mask);
        let hidden = layerNorm(graph, table, graph.add(words, places), { name: 'LayerNorm', size: sizes.hidden, epsilon: sizes.epsilon });
        for (let layer = 0; layer < layers; layer += 1) {
          hidden = postNormLayer(graph, encoder.withPrefix(`transformer.layer.${layer}.`), { hidden, bias, sizes, names });
        }
        return hidden;
      },
    };
  },
};
