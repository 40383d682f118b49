import { type JsonFields, jsonFields } from '../json-fields.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { Weights } from '../weights.ts';
import type { TextArchitecture } from './architecture.ts';
import { type Activation, activationNamed } from './blocks/activation.ts';
import { additiveMask } from './blocks/attention.ts';
import { layerNorm } from './blocks/layer-norm.ts';
import { type LayerType, readLayerTypes } from './blocks/layer-types.ts';
import { linear } from './blocks/linear.ts';
import { localMask } from './blocks/position-masks.ts';
import { headSizeOf } from './blocks/post-norm-layer.ts';
import { readTheta, refuseRopeScaling } from './blocks/rope-parameters.ts';
import { evenHeadSize, fusedRotaryAttention, inverseFrequencies, type RotaryAngles, rotaryAngles } from './blocks/rotary.ts';
import { anyTypeCount } from './variants.ts';

/**
 * ModernBERT's encoder: norm before each block, rotary positions, local attention in most layers, GeGLU.
 *
 * Reference: transformers, `models/modernbert/modeling_modernbert.py`; defaults from `configuration_modernbert.py`.
 */
export const modernbert: TextArchitecture = {
  modelType: 'modernbert',
  classPrefix: 'ModernBert',
  read(config, file) {
    const fields = jsonFields(config, file);
    const shape = readShape(fields, file);
    const every = fields.integer('global_attn_every_n_layers', { min: 1, default: 3 });
    const layerTypes = readLayerTypes(config, {
      file,
      count: fields.integer('num_hidden_layers', { max: 1000, default: 22 }),
      typeOf: (layer) => (layer % every === 0 ? 'full_attention' : 'sliding_attention'),
    });
    refuseRopeScaling(config);
    const theta = {
      full_attention: readTheta(config, { file, name: 'global_rope_theta', fallback: 160_000, layerType: 'full_attention' }),
      sliding_attention: readTheta(config, { file, name: 'local_rope_theta', fallback: 10_000, layerType: 'sliding_attention' }),
    };
    const window = fields.integer('local_attention', { default: 128 }) >> 1;
    const maxPositions = fields.integer('max_position_embeddings', { min: 1, default: 8192 });
    const vocabularySize = fields.integer('vocab_size', { min: 1, default: 50368 });
    return {
      hiddenSize: shape.size,
      maxPositions,
      vocabularySize,
      typeCount: anyTypeCount,
      summary: `${layerTypes.length} layers of width ${shape.size}`,
      build(graph, weights, { ids, mask }) {
        // Checkpoints with a head on top keep the encoder under `model.`.
        const model = weights.has('embeddings.tok_embeddings.weight') ? weights : weights.withPrefix('model.');
        const words = model.rows('embeddings.tok_embeddings.weight', [vocabularySize, shape.size], ids);
        const padding = additiveMask(graph, mask);
        const around: Record<LayerType, LayerContext> = {
          full_attention: { bias: padding, angles: rotaryAngles(graph, ids, inverseFrequencies(theta.full_attention, shape.headSize)) },
          sliding_attention: {
            // The smaller of both, not the sum: that could overflow to minus infinity.
            bias: graph.node('Min', [padding, localMask(graph, ids, window)]),
            angles: rotaryAngles(graph, ids, inverseFrequencies(theta.sliding_attention, shape.headSize)),
          },
        };
        let hidden = layerNorm(graph, model, words, { ...shape.norm, name: 'embeddings.norm' });
        for (const [layer, type] of layerTypes.entries()) {
          hidden = modernLayer(graph, model.withPrefix(`layers.${layer}.`), { hidden, shape, isFirst: layer === 0, ...around[type] });
        }
        return layerNorm(graph, model, hidden, { ...shape.norm, name: 'final_norm' });
      },
    };
  },
};

/** What a layer gets from its type. */
interface LayerContext {
  /** Added to the scores. */
  bias: Value;
  angles: RotaryAngles;
}

interface Shape {
  size: number;
  intermediate: number;
  heads: number;
  headSize: number;
  activation: Activation;
  norm: { size: number; epsilon: number; bias: boolean };
  attentionBias: boolean;
  mlpBias: boolean;
}

function readShape(fields: JsonFields, file: string): Shape {
  const size = fields.integer('hidden_size', { min: 1, default: 768 });
  const heads = fields.integer('num_attention_heads', { min: 1, default: 12 });
  const headSize = evenHeadSize(headSizeOf({ hidden: size, heads }, file), file);
  return {
    size,
    intermediate: fields.integer('intermediate_size', { min: 1, default: 1152 }),
    heads,
    headSize,
    activation: activationNamed(fields.string('hidden_activation', { default: 'gelu' }), file),
    norm: { size, epsilon: fields.number('norm_eps', { default: 1e-5 }), bias: fields.boolean('norm_bias', { default: false }) },
    attentionBias: fields.boolean('attention_bias', { default: false }),
    mlpBias: fields.boolean('mlp_bias', { default: false }),
  };
}

function modernLayer(
  graph: GraphBuilder,
  weights: Weights,
  { hidden, shape, isFirst, bias, angles }: LayerContext & { hidden: Value; shape: Shape; isFirst: boolean },
): Value {
  const { size, intermediate, heads, headSize, activation, norm, attentionBias, mlpBias } = shape;
  // The embeddings come to the first layer normalised.
  const before = isFirst ? hidden : layerNorm(graph, weights, hidden, { ...norm, name: 'attn_norm' });
  const fused = linear(graph, weights, before, { name: 'attn.Wqkv', from: size, to: 3 * size, bias: attentionBias });
  const context = fusedRotaryAttention(graph, fused, { heads, headSize, bias, angles });
  const middle = graph.add(hidden, linear(graph, weights, context, { name: 'attn.Wo', from: size, to: size, bias: attentionBias }));
  const normed = layerNorm(graph, weights, middle, { ...norm, name: 'mlp_norm' });
  const wide = linear(graph, weights, normed, { name: 'mlp.Wi', from: size, to: 2 * intermediate, bias: mlpBias });
  const [input, gate] = graph.nodes('Split', [wide], 2, { axis: -1 }) as [Value, Value];
  const gated = graph.multiply(activation(graph, input), gate);
  return graph.add(middle, linear(graph, weights, gated, { name: 'mlp.Wo', from: intermediate, to: size, bias: mlpBias }));
}
