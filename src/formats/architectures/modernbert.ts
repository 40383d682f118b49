import { InvalidModelFileError, quote } from '../../errors.ts';
import { type JsonFields, jsonFields } from '../json-fields.ts';
import { isJsonObject, type JsonObject } from '../json-file.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { Weights } from '../weights.ts';
import type { TextArchitecture } from './architecture.ts';
import { type Activation, activationNamed } from './blocks/activation.ts';
import { additiveMask, attendHeads, splitHeads } from './blocks/attention.ts';
import { layerNorm } from './blocks/layer-norm.ts';
import { linear } from './blocks/linear.ts';
import { localMask } from './blocks/local-mask.ts';
import { headSizeOf } from './blocks/post-norm-layer.ts';
import { inverseFrequencies, type RotaryAngles, rotaryAngles, rotate } from './blocks/rotary.ts';
import { anyTypeCount, unsupportedVariant } from './variants.ts';

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
    const layerTypes = readLayerTypes(config, fields, file);
    const theta = readThetas(config, fields, file);
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

const layerTypeNames = ['full_attention', 'sliding_attention'] as const;
type LayerType = (typeof layerTypeNames)[number];

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
  const headSize = headSizeOf({ hidden: size, heads }, file);
  if (headSize % 2 !== 0) throw new InvalidModelFileError({ file, message: `Heads of ${headSize} values cannot be rotated in pairs.` });
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

function readLayerTypes({ layer_types: named }: JsonObject, fields: JsonFields, file: string): LayerType[] {
  const count = fields.integer('num_hidden_layers', { max: 1000, default: 22 });
  const every = fields.integer('global_attn_every_n_layers', { min: 1, default: 3 });
  if (named === undefined || named === null) {
    return Array.from({ length: count }, (_, layer) => (layer % every === 0 ? 'full_attention' : 'sliding_attention'));
  }
  if (!Array.isArray(named) || named.length !== count) {
    throw new InvalidModelFileError({ file, message: `layer_types must name the type of each of the ${count} layers.` });
  }
  return named.map((name: unknown) => {
    const type = layerTypeNames.find((known) => known === name);
    if (type === undefined) throw unsupportedVariant(`ModernBERT with a layer of type ${quote(String(name))}`);
    return type;
  });
}

/** Bases of the rotation, from where transformers 4 keeps them, or from `rope_parameters` of transformers 5. */
function readThetas({ rope_parameters: parameters }: JsonObject, fields: JsonFields, file: string): Record<LayerType, number> {
  if (fields.has('rope_scaling')) throw unsupportedVariant('ModernBERT with rope_scaling');
  const ofType = (type: LayerType, name: string, fallback: number): number => {
    const old = fields.number(name, { default: fallback });
    const entry = isJsonObject(parameters) ? parameters[type] : null;
    if (!isJsonObject(entry)) return old;
    const inner = jsonFields(entry, file);
    const kind = inner.string('rope_type', { default: 'default' });
    if (kind !== 'default') throw unsupportedVariant(`ModernBERT with rope_type ${quote(kind)}`);
    return inner.number('rope_theta', { default: old });
  };
  return {
    full_attention: ofType('full_attention', 'global_rope_theta', 160_000),
    sliding_attention: ofType('sliding_attention', 'local_rope_theta', 10_000),
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
  const [query, key, value] = graph
    .nodes('Split', [fused], 3, { axis: -1 })
    .map((part) => splitHeads(graph, part, { heads, headSize })) as [Value, Value, Value];
  const context = attendHeads(graph, {
    query: rotate(graph, query, angles),
    key: rotate(graph, key, angles),
    value,
    heads,
    headSize,
    bias,
  });
  const middle = graph.add(hidden, linear(graph, weights, context, { name: 'attn.Wo', from: size, to: size, bias: attentionBias }));
  const normed = layerNorm(graph, weights, middle, { ...norm, name: 'mlp_norm' });
  const wide = linear(graph, weights, normed, { name: 'mlp.Wi', from: size, to: 2 * intermediate, bias: mlpBias });
  const [input, gate] = graph.nodes('Split', [wide], 2, { axis: -1 }) as [Value, Value];
  const gated = graph.multiply(activation(graph, input), gate);
  return graph.add(middle, linear(graph, weights, gated, { name: 'mlp.Wo', from: intermediate, to: size, bias: mlpBias }));
}
