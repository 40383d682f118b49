import { quote } from '../../errors.ts';
import { type JsonFields, jsonFields } from '../json-fields.ts';
import { isJsonObject, type JsonObject } from '../json-file.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { Weights } from '../weights.ts';
import type { TextArchitecture } from './architecture.ts';
import { type Activation, activationNamed } from './blocks/activation.ts';
import { additiveMask } from './blocks/attention.ts';
import { layerNorm } from './blocks/layer-norm.ts';
import { linear } from './blocks/linear.ts';
import { headSizeOf } from './blocks/post-norm-layer.ts';
import { readTheta, refuseRopeScaling } from './blocks/rope-parameters.ts';
import { evenHeadSize, fusedRotaryAttention, inverseFrequencies, type RotaryAngles, rotaryAngles } from './blocks/rotary.ts';
import { anyTypeCount, unsupportedVariant } from './variants.ts';

/**
 * The encoder of the "new" GTE models (gte-…-v1.5, gte-multilingual): rotary positions, gated feed-forward, norm after each block.
 *
 * Reference: transformers, `models/gte/modeling_gte.py`, and the program that the published repositories name,
 * `Alibaba-NLP/new-impl`.
 */
export const newGte: TextArchitecture = gteLike('new', 'New', 10_000);

/** The same model under the name that transformers has for it. */
export const gte: TextArchitecture = gteLike('gte', 'Gte', 160_000);

function gteLike(modelType: string, classPrefix: string, defaultTheta: number): TextArchitecture {
  return {
    modelType,
    classPrefix,
    read(config, file) {
      const fields = jsonFields(config, file);
      refuseVariants(fields);
      const shape = readShape(fields, file);
      const frequencies = readFrequencies(config, { file, headSize: shape.headSize, defaultTheta });
      const layers = fields.integer('num_hidden_layers', { max: 1000, default: 12 });
      const maxPositions = fields.integer('max_position_embeddings', { min: 1, default: 8192 });
      const vocabularySize = fields.integer('vocab_size', { min: 1, default: 250_048 });
      const typeCount = fields.integer('type_vocab_size', { default: 1 });
      return {
        hiddenSize: shape.size,
        maxPositions,
        vocabularySize,
        // A single type is every token's.
        typeCount: typeCount <= 1 ? anyTypeCount : typeCount,
        summary: `${layers} layers of width ${shape.size}`,
        build(graph, weights, { ids, mask, typeIds }) {
          // Checkpoints with a head on top keep the encoder under `new.`.
          const model = weights.has('embeddings.word_embeddings.weight') ? weights : weights.withPrefix('new.');
          const table = model.withPrefix('embeddings.');
          const words = table.rows('word_embeddings.weight', [vocabularySize, shape.size], ids);
          const type = typeCount === 1 ? graph.integers([0]) : typeIds;
          const sum = typeCount === 0 ? words : graph.add(words, table.rows('token_type_embeddings.weight', [typeCount, shape.size], type));
          const bias = additiveMask(graph, mask);
          const angles = rotaryAngles(graph, ids, frequencies);
          let hidden = layerNorm(graph, table, sum, { ...norm(shape), name: 'LayerNorm' });
          for (let layer = 0; layer < layers; layer += 1) {
            hidden = gteLayer(graph, model.withPrefix(`encoder.layer.${layer}.`), { hidden, shape, bias, angles });
          }
          return hidden;
        },
      };
    },
  };
}

interface Shape {
  size: number;
  intermediate: number;
  heads: number;
  headSize: number;
  epsilon: number;
  activation: Activation;
}

function readShape(fields: JsonFields, file: string): Shape {
  const size = fields.integer('hidden_size', { min: 1, default: 768 });
  const heads = fields.integer('num_attention_heads', { min: 1, default: 12 });
  return {
    size,
    intermediate: fields.integer('intermediate_size', { min: 1, default: 3072 }),
    heads,
    headSize: evenHeadSize(headSizeOf({ hidden: size, heads }, file), file),
    epsilon: fields.number('layer_norm_eps', { default: 1e-12 }),
    activation: activationNamed(fields.string('hidden_act', { default: 'gelu' }), file),
  };
}

function refuseVariants(fields: JsonFields): void {
  for (const [name, value] of Object.entries({ position_embedding_type: 'rope', layer_norm_type: 'layer_norm' })) {
    const found = fields.string(name, { default: value });
    if (found !== value) throw unsupportedVariant(`GTE with ${name} ${quote(found)}`);
  }
  if (fields.boolean('logn_attention_scale', { default: false })) throw unsupportedVariant('GTE with logn_attention_scale');
  if (!fields.boolean('pack_qkv', { default: true })) throw unsupportedVariant('GTE without pack_qkv');
}

/** Frequencies of the rotation, with the fixed NTK scaling of https://kexue.fm/archives/9706 (6) where the config asks for it. */
function readFrequencies(
  config: JsonObject,
  { file, headSize, defaultTheta }: { file: string; headSize: number; defaultTheta: number },
): number[] {
  const theta = readTheta(config, { file, name: 'rope_theta', fallback: defaultTheta });
  const { rope_scaling: scaling } = config;
  if (!isJsonObject(scaling) || scaling.type !== 'ntk') {
    refuseRopeScaling(config);
    return inverseFrequencies(theta, headSize);
  }
  const fields = jsonFields(scaling, file);
  if (fields.has('mixed_b')) throw unsupportedVariant('A rotation with mixed NTK scaling');
  const factor = fields.number('factor');
  const divisor = factor ** (2 / headSize);
  return inverseFrequencies(theta * factor, headSize).map((frequency) => Math.fround(frequency / divisor));
}

function gteLayer(
  graph: GraphBuilder,
  weights: Weights,
  { hidden, shape, bias, angles }: { hidden: Value; shape: Shape; bias: Value; angles: RotaryAngles },
): Value {
  const { size, intermediate, heads, headSize, activation } = shape;
  const fused = linear(graph, weights, hidden, { name: 'attention.qkv_proj', from: size, to: 3 * size });
  const context = fusedRotaryAttention(graph, fused, { heads, headSize, bias, angles });
  const attended = linear(graph, weights, context, { name: 'attention.o_proj', from: size, to: size });
  const middle = layerNorm(graph, weights, graph.add(attended, hidden), { ...norm(shape), name: 'attn_ln' });
  const wide = linear(graph, weights, middle, { name: 'mlp.up_gate_proj', from: size, to: 2 * intermediate, bias: false });
  const [up, gate] = graph.nodes('Split', [wide], 2, { axis: -1 }) as [Value, Value];
  const gated = graph.multiply(activation(graph, gate), up);
  const narrow = linear(graph, weights, gated, { name: 'mlp.down_proj', from: intermediate, to: size });
  return layerNorm(graph, weights, graph.add(narrow, middle), { ...norm(shape), name: 'mlp_ln' });
}

function norm({ size, epsilon }: Shape): { size: number; epsilon: number } {
  return { size, epsilon };
}
