import { jsonFields } from '../json-fields.ts';
import type { TextArchitecture } from './architecture.ts';
import { activationNamed } from './blocks/activation.ts';
import { additiveMask } from './blocks/attention.ts';
import { layerNorm } from './blocks/layer-norm.ts';
import { positionsAfterPadding } from './blocks/positions.ts';
import { headSizeOf, type PostNormNames, type PostNormSizes, postNormLayer } from './blocks/post-norm-layer.ts';
import { relativeBias } from './blocks/relative-bias.ts';
import { anyTypeCount } from './variants.ts';

/** Constants of the model: its code asks the config for neither. */
const padId = 1;
const bucketCount = 32;

const names: PostNormNames = {
  query: 'attention.attn.q',
  key: 'attention.attn.k',
  value: 'attention.attn.v',
  attended: 'attention.attn.o',
  attentionNorm: 'attention.LayerNorm',
  wide: 'intermediate.dense',
  narrow: 'output.dense',
  outputNorm: 'output.LayerNorm',
};

/**
 * MPNet's encoder: absolute positions counted from behind the padding id, and one relative bias that all layers share.
 *
 * Reference: transformers, `models/mpnet/modeling_mpnet.py`; defaults from `configuration_mpnet.py`.
 */
export const mpnet: TextArchitecture = {
  modelType: 'mpnet',
  classPrefix: 'MPNet',
  read(config, file) {
    const fields = jsonFields(config, file);
    const sizes: PostNormSizes = {
      hidden: fields.integer('hidden_size', { min: 1, default: 768 }),
      intermediate: fields.integer('intermediate_size', { min: 1, default: 3072 }),
      heads: fields.integer('num_attention_heads', { min: 1, default: 12 }),
      epsilon: fields.number('layer_norm_eps', { default: 1e-12 }),
      activation: activationNamed(fields.string('hidden_act', { default: 'gelu' }), file),
    };
    headSizeOf(sizes, file);
    const layers = fields.integer('num_hidden_layers', { max: 1000, default: 12 });
    const positionCount = fields.integer('max_position_embeddings', { min: padId + 2, default: 512 });
    const vocabularySize = fields.integer('vocab_size', { min: 1, default: 30527 });
    const tableRows = fields.integer('relative_attention_num_buckets', { min: bucketCount, default: bucketCount });
    return {
      hiddenSize: sizes.hidden,
      maxPositions: positionCount - padId - 1,
      vocabularySize,
      typeCount: anyTypeCount,
      summary: `${layers} layers of width ${sizes.hidden}`,
      build(graph, weights, { ids, mask }) {
        // Checkpoints with a head on top keep the encoder under `mpnet.`.
        const model = weights.has('embeddings.word_embeddings.weight') ? weights : weights.withPrefix('mpnet.');
        const table = model.withPrefix('embeddings.');
        const words = table.rows('word_embeddings.weight', [vocabularySize, sizes.hidden], ids);
        const places = table.rows('position_embeddings.weight', [positionCount, sizes.hidden], positionsAfterPadding(graph, ids, padId));
        const relative = relativeBias(graph, {
          table: model.tensor('encoder.relative_attention_bias.weight', [tableRows, sizes.heads]),
          ids,
          length: positionCount - padId - 1,
          bucketCount,
        });
        const bias = graph.add(additiveMask(graph, mask), relative);
        let hidden = layerNorm(graph, table, graph.add(words, places), { name: 'LayerNorm', size: sizes.hidden, epsilon: sizes.epsilon });
        for (let layer = 0; layer < layers; layer += 1) {
          hidden = postNormLayer(graph, model.withPrefix(`encoder.layer.${layer}.`), { hidden, bias, sizes, names });
        }
        return hidden;
      },
    };
  },
};
