import { InvalidModelFileError } from '../../errors.ts';
import { type JsonFields, jsonFields } from '../json-fields.ts';
import type { TextArchitecture } from './architecture.ts';
import { activationNamed } from './blocks/activation.ts';
import { additiveMask } from './blocks/attention.ts';
import { type GroupedSizes, gatedFeedForward, groupedAttention } from './blocks/grouped-attention.ts';
import { causalMask } from './blocks/position-masks.ts';
import { rmsNorm } from './blocks/rms-norm.ts';
import { readTheta, refuseRopeScaling } from './blocks/rope-parameters.ts';
import { evenHeadSize, inverseFrequencies, rotaryAngles } from './blocks/rotary.ts';
import { anyTypeCount, unsupportedVariant } from './variants.ts';

/**
 * Qwen3's decoder as an encoder (Qwen3-Embedding): each token sees those before it, and pooling takes the last one.
 *
 * Reference: transformers, `models/qwen3/modeling_qwen3.py`; defaults from `configuration_qwen3.py`.
 */
export const qwen3: TextArchitecture = {
  modelType: 'qwen3',
  classPrefix: 'Qwen3',
  isDecoder: true,
  read(config, file) {
    const fields = jsonFields(config, file);
    if (fields.boolean('use_sliding_window', { default: false })) throw unsupportedVariant('Qwen3 with use_sliding_window');
    refuseRopeScaling(config);
    const sizes = readGroupedSizes(fields, file);
    const { size, headSize, epsilon } = sizes;
    const intermediate = fields.integer('intermediate_size', { min: 1, default: 22016 });
    const activation = activationNamed(fields.string('hidden_act', { default: 'silu' }), file);
    const theta = readTheta(config, { file, name: 'rope_theta', fallback: 10_000 });
    const layers = fields.integer('num_hidden_layers', { max: 1000, default: 32 });
    const vocabularySize = fields.integer('vocab_size', { min: 1, default: 151_936 });
    return {
      hiddenSize: size,
      maxPositions: fields.integer('max_position_embeddings', { min: 1, default: 32768 }),
      vocabularySize,
      typeCount: anyTypeCount,
      summary: `${layers} layers of width ${size}`,
      build(graph, weights, { ids, mask }) {
        const model = weights.has('embed_tokens.weight') ? weights : weights.withPrefix('model.');
        let hidden = model.rows('embed_tokens.weight', [vocabularySize, size], ids);
        // The smaller of both, not the sum: that could overflow to minus infinity.
        const bias = graph.node('Min', [additiveMask(graph, mask), causalMask(graph, ids)]);
        const angles = rotaryAngles(graph, ids, inverseFrequencies(theta, headSize));
        for (let layer = 0; layer < layers; layer += 1) {
          const inside = model.withPrefix(`layers.${layer}.`);
          const before = rmsNorm(graph, inside, hidden, { name: 'input_layernorm', size, epsilon });
          const attended = groupedAttention(graph, inside.withPrefix('self_attn.'), { input: before, sizes, bias, angles });
          const middle = graph.add(hidden, attended);
          const input = rmsNorm(graph, inside, middle, { name: 'post_attention_layernorm', size, epsilon });
          hidden = graph.add(middle, gatedFeedForward(graph, inside.withPrefix('mlp.'), { input, size, intermediate, activation }));
        }
        return rmsNorm(graph, model, hidden, { name: 'norm', size, epsilon });
      },
    };
  },
};

function readGroupedSizes(fields: JsonFields, file: string): GroupedSizes {
  const heads = fields.integer('num_attention_heads', { min: 1, default: 32 });
  const keyValueHeads = fields.integer('num_key_value_heads', { min: 1, default: heads });
  if (heads % keyValueHeads !== 0) {
    throw new InvalidModelFileError({ file, message: `${heads} attention heads are no multiple of ${keyValueHeads} key-value heads.` });
  }
  const headSize = evenHeadSize(fields.integer('head_dim', { min: 1, default: 128 }), file);
  return {
    size: fields.integer('hidden_size', { min: 1, default: 4096 }),
    heads,
    keyValueHeads,
    headSize,
    epsilon: fields.number('rms_norm_eps', { default: 1e-6 }),
    normOffset: 0,
    attentionBias: fields.boolean('attention_bias', { default: false }),
    scale: 1 / Math.sqrt(headSize),
  };
}
