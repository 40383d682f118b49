import { quote } from '../../errors.ts';
import { jsonFields } from '../json-fields.ts';
import type { TextArchitecture } from './architecture.ts';
import { bertLayerNames } from './bert.ts';
import { activationNamed } from './blocks/activation.ts';
import { additiveMask } from './blocks/attention.ts';
import { layerNorm } from './blocks/layer-norm.ts';
import { positionsAfterPadding } from './blocks/positions.ts';
import { headSizeOf, type PostNormSizes, postNormLayer } from './blocks/post-norm-layer.ts';
import { anyTypeCount, unsupportedVariant } from './variants.ts';

/**
 * RoBERTa's encoder: BERT's layers, positions counted from behind the padding id.
 *
 * Reference: transformers, `models/roberta/modeling_roberta.py`; defaults from `configuration_roberta.py`.
 */
export const roberta: TextArchitecture = robertaLike('roberta', 'Roberta');

/** RoBERTa in a hundred languages: the same model. Reference: transformers, `models/xlm_roberta/modeling_xlm_roberta.py`. */
export const xlmRoberta: TextArchitecture = robertaLike('xlm-roberta', 'XLMRoberta');

/** RoBERTa in French: the same model. Reference: transformers, `models/camembert/modeling_camembert.py`. */
export const camembert: TextArchitecture = robertaLike('camembert', 'Camembert');

function robertaLike(modelType: string, classPrefix: string): TextArchitecture {
  return {
    modelType,
    classPrefix,
    read(config, file) {
      const fields = jsonFields(config, file);
      const positions = fields.string('position_embedding_type', { default: 'absolute' });
      if (positions !== 'absolute') throw unsupportedVariant(`${classPrefix} with position_embedding_type ${quote(positions)}`);
      for (const flag of ['is_decoder', 'add_cross_attention']) {
        if (fields.boolean(flag, { default: false })) throw unsupportedVariant(`${classPrefix} with ${flag}`);
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
      const padId = fields.integer('pad_token_id', { default: 1 });
      const positionCount = fields.integer('max_position_embeddings', { min: padId + 2, default: 512 });
      const vocabularySize = fields.integer('vocab_size', { min: 1, default: 30522 });
      const typeCount = fields.integer('type_vocab_size', { min: 1, default: 2 });
      return {
        hiddenSize: sizes.hidden,
        maxPositions: positionCount - padId - 1,
        vocabularySize,
        // Upstream's tokenizers give this model no types, so a single one is every token's.
        typeCount: typeCount === 1 ? anyTypeCount : typeCount,
        summary: `${layers} layers of width ${sizes.hidden}`,
        build(graph, weights, { ids, mask, typeIds }) {
          // Checkpoints with a head on top keep the encoder under `roberta.`, in all three languages.
          const encoder = weights.has('embeddings.word_embeddings.weight') ? weights : weights.withPrefix('roberta.');
          const table = encoder.withPrefix('embeddings.');
          const words = table.rows('word_embeddings.weight', [vocabularySize, sizes.hidden], ids);
          const type = typeCount === 1 ? graph.integers([0]) : typeIds;
          const types = table.rows('token_type_embeddings.weight', [typeCount, sizes.hidden], type);
          const places = table.rows('position_embeddings.weight', [positionCount, sizes.hidden], positionsAfterPadding(graph, ids, padId));
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
}
