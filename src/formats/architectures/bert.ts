import { quote } from '../../errors.ts';
import { jsonFields } from '../json-fields.ts';
import type { TextArchitecture } from './architecture.ts';
import { activationNamed } from './blocks/activation.ts';
import { additiveMask } from './blocks/attention.ts';
import { layerNorm } from './blocks/layer-norm.ts';
import { countingPositions } from './blocks/positions.ts';
import { headSizeOf, type PostNormNames, type PostNormSizes, postNormLayer } from './blocks/post-norm-layer.ts';
import { unsupportedVariant } from './variants.ts';

/** Names that RoBERTa's layers have too. */
export const bertLayerNames: PostNormNames = {
  query: 'attention.self.query',
  key: 'attention.self.key',
  value: 'attention.self.value',
  attended: 'attention.output.dense',
  attentionNorm: 'attention.output.LayerNorm',
  wide: 'intermediate.dense',
  narrow: 'output.dense',
  outputNorm: 'output.LayerNorm',
};

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
    if (positions !== 'absolute') throw unsupportedVariant(`BERT with position_embedding_type ${quote(positions)}`);
    for (const flag of ['is_decoder', 'add_cross_attention']) {
      if (fields.boolean(flag, { default: false })) throw unsupportedVariant(`BERT with ${flag}`);
    }
    const sizes: PostNormSizes = {
      hidden: fields.integer('hidden_size', { min: 1, default: 768 }),
      intermediate: fields.integer('intermediate_size', { min: 1, default: 3072 }),
      heads: fields.integer('num_attention_heads', { min: 1, default: 12 }),
      epsilon: fields.number('layer_norm_eps', { default: 1e-12 }),
      activation: activationNamed(fields.string('hidden_act', { default: 'gelu' }), file),
    };
    headSizeOf(sizes, file);
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
          hidden = postNormLayer(graph, encoder.withPrefix(`encoder.layer.${layer}.`), { hidden, bias, sizes, names: bertLayerNames });
        }
        return hidden;
      },
    };
  },
};
