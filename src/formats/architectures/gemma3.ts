import { InvalidModelFileError, quote } from '../../errors.ts';
import { type JsonFields, jsonFields } from '../json-fields.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { Weights } from '../weights.ts';
import type { TextArchitecture } from './architecture.ts';
import { type Activation, activationNamed } from './blocks/activation.ts';
import { additiveMask } from './blocks/attention.ts';
import { type GroupedSizes, gatedFeedForward, groupedAttention } from './blocks/grouped-attention.ts';
import { type LayerType, readLayerTypes } from './blocks/layer-types.ts';
import { localMask } from './blocks/position-masks.ts';
import { rmsNorm } from './blocks/rms-norm.ts';
import { readTheta, refuseRopeScaling } from './blocks/rope-parameters.ts';
import { evenHeadSize, inverseFrequencies, type RotaryAngles, rotaryAngles } from './blocks/rotary.ts';
import { anyTypeCount, unsupportedVariant } from './variants.ts';

/** Norms store the distance of their weights from one. */
const normOffset = 1;

/**
 * Gemma 3's text model as EmbeddingGemma has it: every token sees every other, in most layers only those nearby.
 *
 * Reference: transformers, `models/gemma3/modeling_gemma3.py` (`Gemma3TextModel`); defaults from `configuration_gemma3.py`.
 */
export const gemma3: TextArchitecture = {
  modelType: 'gemma3_text',
  classPrefix: 'Gemma3Text',
  isDecoder: true,
  read(config, file) {
    const fields = jsonFields(config, file);
    if (!fields.boolean('use_bidirectional_attention', { default: false })) {
      throw unsupportedVariant('Gemma 3 without use_bidirectional_attention');
    }
    if (fields.has('attn_logit_softcapping')) throw unsupportedVariant('Gemma 3 with attn_logit_softcapping');
    refuseRopeScaling(config);
    const shape = readShape(fields, file);
    const { size, headSize } = shape.attention;
    const every = fields.integer('sliding_window_pattern', { min: 1, default: 6 });
    const layerTypes = readLayerTypes(config, {
      file,
      count: fields.integer('num_hidden_layers', { max: 1000, default: 26 }),
      typeOf: (layer) => ((layer + 1) % every === 0 ? 'full_attention' : 'sliding_attention'),
    });
    // The config names the width of the whole window; its middle is the token itself.
    const reach = fields.integer('sliding_window', { default: 4096 }) >> 1;
    const fullTheta = readTheta(config, { file, name: 'rope_theta', fallback: 1_000_000, layerType: 'full_attention' });
    const slidingTheta = readTheta(config, { file, name: 'rope_local_base_freq', fallback: 10_000, layerType: 'sliding_attention' });
    const vocabularySize = fields.integer('vocab_size', { min: 1, default: 262_208 });
    return {
      hiddenSize: size,
      maxPositions: fields.integer('max_position_embeddings', { min: 1, default: 131_072 }),
      vocabularySize,
      typeCount: anyTypeCount,
      summary: `${layerTypes.length} layers of width ${size}`,
      build(graph, weights, { ids, mask }) {
        const model = weights.has('embed_tokens.weight') ? weights : weights.withPrefix('model.');
        const words = model.rows('embed_tokens.weight', [vocabularySize, size], ids);
        const padding = additiveMask(graph, mask);
        const around: Record<LayerType, LayerContext> = {
          full_attention: { bias: padding, angles: rotaryAngles(graph, ids, inverseFrequencies(fullTheta, headSize)) },
          sliding_attention: {
            // The smaller of both, not the sum: that could overflow to minus infinity.
            bias: graph.node('Min', [padding, localMask(graph, ids, reach)]),
            angles: rotaryAngles(graph, ids, inverseFrequencies(slidingTheta, headSize)),
          },
        };
        let hidden = graph.multiply(words, graph.float(Math.sqrt(size)));
        for (const [layer, type] of layerTypes.entries()) {
          hidden = gemmaLayer(graph, model.withPrefix(`layers.${layer}.`), { hidden, shape, ...around[type] });
        }
        return rmsNorm(graph, model, hidden, { name: 'norm', size, epsilon: shape.attention.epsilon, offset: normOffset });
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
  attention: GroupedSizes;
  intermediate: number;
  activation: Activation;
}

function readShape(fields: JsonFields, file: string): Shape {
  const heads = fields.integer('num_attention_heads', { min: 1, default: 8 });
  const keyValueHeads = fields.integer('num_key_value_heads', { min: 1, default: 4 });
  if (heads % keyValueHeads !== 0) {
    throw new InvalidModelFileError({ file, message: `${heads} attention heads are no multiple of ${keyValueHeads} key-value heads.` });
  }
  const queryScale = fields.number('query_pre_attn_scalar', { default: 256 });
  if (queryScale <= 0) throw new InvalidModelFileError({ file, message: `query_pre_attn_scalar is ${quote(String(queryScale))}.` });
  return {
    attention: {
      size: fields.integer('hidden_size', { min: 1, default: 2304 }),
      heads,
      keyValueHeads,
      headSize: evenHeadSize(fields.integer('head_dim', { min: 1, default: 256 }), file),
      epsilon: fields.number('rms_norm_eps', { default: 1e-6 }),
      normOffset,
      attentionBias: fields.boolean('attention_bias', { default: false }),
      scale: 1 / Math.sqrt(queryScale),
    },
    intermediate: fields.integer('intermediate_size', { min: 1, default: 9216 }),
    activation: activationNamed(fields.string('hidden_activation', { default: 'gelu_pytorch_tanh' }), file),
  };
}

function gemmaLayer(
  graph: GraphBuilder,
  weights: Weights,
  { hidden, shape, bias, angles }: LayerContext & { hidden: Value; shape: Shape },
): Value {
  const { attention: sizes, intermediate, activation } = shape;
  const norm = (input: Value, name: string): Value =>
    rmsNorm(graph, weights, input, { name, size: sizes.size, epsilon: sizes.epsilon, offset: normOffset });
  const before = norm(hidden, 'input_layernorm');
  const attended = groupedAttention(graph, weights.withPrefix('self_attn.'), { input: before, sizes, bias, angles });
  const middle = graph.add(hidden, norm(attended, 'post_attention_layernorm'));
  const input = norm(middle, 'pre_feedforward_layernorm');
  const fed = gatedFeedForward(graph, weights.withPrefix('mlp.'), { input, size: sizes.size, intermediate, activation });
  return graph.add(middle, norm(fed, 'post_feedforward_layernorm'));
}
