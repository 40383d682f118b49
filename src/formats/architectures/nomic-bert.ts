import { quote } from '../../errors.ts';
import { type JsonFields, jsonFields } from '../json-fields.ts';
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
import { unsupportedVariant } from './variants.ts';

/** GPT-2's words for the gated activations. */
const activationOfGate: Readonly<Record<string, string>> = { swiglu: 'silu', geglu: 'gelu', glu: 'sigmoid' };

/** Fields that only other models of the family set, with the value that is built here. */
const fixed = { prenorm: false, causal: false, parallel_block: false, rotary_emb_interleaved: false, use_rms_norm: false } as const;

/**
 * Nomic's BERT: rotary positions, gated feed-forward, layer norm after each block.
 *
 * Reference: transformers, `models/nomic_bert/modeling_nomic_bert.py`. Published configs use GPT-2's field names, as the model's
 * own repository does (`nomic-ai/nomic-bert-2048`); transformers' own are read too.
 */
export const nomicBert: TextArchitecture = {
  modelType: 'nomic_bert',
  classPrefix: 'NomicBert',
  read(config, file) {
    const fields = jsonFields(config, file);
    refuseVariants(fields);
    refuseRopeScaling(config);
    const shape = readShape(fields, file);
    const layers = either(fields, 'n_layer', 'num_hidden_layers', { max: 1000, default: 12 });
    const maxPositions = either(fields, 'n_positions', 'max_position_embeddings', { min: 1, default: 2048 });
    const vocabularySize = fields.integer('vocab_size', { min: 1, default: 30528 });
    const typeCount = fields.integer('type_vocab_size', { min: 1, default: 2 });
    const theta = readTheta(config, { file, name: 'rotary_emb_base', fallback: 1000 });
    return {
      hiddenSize: shape.size,
      maxPositions,
      vocabularySize,
      typeCount,
      summary: `${layers} layers of width ${shape.size}`,
      build(graph, weights, { ids, mask, typeIds }) {
        const model = weights.has('embeddings.word_embeddings.weight') ? weights : weights.withPrefix('nomic_bert.');
        const words = model.rows('embeddings.word_embeddings.weight', [vocabularySize, shape.size], ids);
        const types = model.rows('embeddings.token_type_embeddings.weight', [typeCount, shape.size], typeIds);
        const bias = additiveMask(graph, mask);
        const angles = rotaryAngles(graph, ids, inverseFrequencies(theta, shape.headSize));
        let hidden = layerNorm(graph, model, graph.add(words, types), { ...norm(shape), name: 'emb_ln' });
        for (let layer = 0; layer < layers; layer += 1) {
          hidden = nomicLayer(graph, model.withPrefix(`encoder.layers.${layer}.`), { hidden, shape, bias, angles });
        }
        return hidden;
      },
    };
  },
};

interface Shape {
  size: number;
  intermediate: number;
  heads: number;
  headSize: number;
  epsilon: number;
  activation: Activation;
  attentionBias: boolean;
  wideBias: boolean;
  narrowBias: boolean;
}

function readShape(fields: JsonFields, file: string): Shape {
  const size = either(fields, 'n_embd', 'hidden_size', { min: 1, default: 768 });
  const heads = either(fields, 'n_head', 'num_attention_heads', { min: 1, default: 12 });
  const gate = fields.string('activation_function', { default: 'swiglu' });
  const activation = fields.has('activation_function') ? (activationOfGate[gate] ?? '') : fields.string('hidden_act', { default: 'silu' });
  if (activation === '') throw unsupportedVariant(`NomicBERT with activation_function ${quote(gate)}`);
  return {
    size,
    intermediate: either(fields, 'n_inner', 'intermediate_size', { min: 1, default: 3072 }),
    heads,
    headSize: evenHeadSize(headSizeOf({ hidden: size, heads }, file), file),
    epsilon: fields.number(fields.has('layer_norm_epsilon') ? 'layer_norm_epsilon' : 'layer_norm_eps', { default: 1e-12 }),
    activation: activationNamed(activation, file),
    attentionBias: fields.boolean('qkv_proj_bias', { default: false }),
    wideBias: fields.boolean('mlp_fc1_bias', { default: false }),
    narrowBias: fields.boolean('mlp_fc2_bias', { default: false }),
  };
}

function either(fields: JsonFields, first: string, second: string, options: { min?: number; max?: number; default: number }): number {
  return fields.integer(fields.has(first) ? first : second, options);
}

function refuseVariants(fields: JsonFields): void {
  for (const [name, value] of Object.entries(fixed)) {
    if (fields.boolean(name, { default: value }) !== value) throw unsupportedVariant(`NomicBERT with ${name}`);
  }
  if (fields.number('rotary_emb_fraction', { default: 1 }) !== 1) throw unsupportedVariant('NomicBERT with a partial rotation');
  for (const name of ['rotary_scaling_factor', 'rotary_emb_scale_base', 'num_experts']) {
    if (fields.has(name) && fields.number(name) !== 0) throw unsupportedVariant(`NomicBERT with ${name}`);
  }
}

function nomicLayer(
  graph: GraphBuilder,
  weights: Weights,
  { hidden, shape, bias, angles }: { hidden: Value; shape: Shape; bias: Value; angles: RotaryAngles },
): Value {
  const { size, intermediate, activation, attentionBias, wideBias, narrowBias } = shape;
  const fused = linear(graph, weights, hidden, { name: 'attn.Wqkv', from: size, to: 3 * size, bias: attentionBias });
  const context = fusedRotaryAttention(graph, fused, { ...shape, bias, angles });
  const attended = linear(graph, weights, context, { name: 'attn.out_proj', from: size, to: size, bias: attentionBias });
  const middle = layerNorm(graph, weights, graph.add(attended, hidden), { ...norm(shape), name: 'norm1' });
  const up = linear(graph, weights, middle, { name: 'mlp.fc11', from: size, to: intermediate, bias: wideBias });
  const gate = activation(graph, linear(graph, weights, middle, { name: 'mlp.fc12', from: size, to: intermediate, bias: wideBias }));
  const narrow = linear(graph, weights, graph.multiply(up, gate), { name: 'mlp.fc2', from: intermediate, to: size, bias: narrowBias });
  return layerNorm(graph, weights, graph.add(narrow, middle), { ...norm(shape), name: 'norm2' });
}

function norm({ size, epsilon }: Shape): { size: number; epsilon: number } {
  return { size, epsilon };
}
