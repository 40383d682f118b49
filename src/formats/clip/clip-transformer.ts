import { InvalidModelFileError } from '../../errors.ts';
import { type Activation, activationNamed } from '../architectures/blocks/activation.ts';
import type { JsonFields } from '../json-fields.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { feedForward } from '../towers/feed-forward.ts';
import { selfAttention, splitProjection } from '../towers/self-attention.ts';
import { preNormBlock } from '../towers/vision-transformer-block.ts';
import type { Weights } from '../weights.ts';

/** The transformer of a tower of transformers' CLIP or SigLIP. */
export interface ClipTransformer {
  readonly width: number;
  readonly innerWidth: number;
  readonly layers: number;
  readonly heads: number;
  readonly epsilon: number;
  readonly activation: Activation;
}

/** What a configuration means where it leaves a size out. */
export interface ClipDefaults {
  readonly width: number;
  readonly innerWidth: number;
  readonly heads: number;
  readonly epsilon: number;
  readonly activation: string;
}

/** Reads the settings that both towers have. */
export function readClipTransformer(fields: JsonFields, defaults: ClipDefaults, file: string): ClipTransformer {
  const width = fields.integer('hidden_size', { min: 1, max: 65_536, default: defaults.width });
  const heads = fields.integer('num_attention_heads', { min: 1, default: defaults.heads });
  if (width % heads !== 0) {
    throw new InvalidModelFileError({ file, message: `The hidden size ${width} is no multiple of the ${heads} attention heads.` });
  }
  return {
    width,
    heads,
    innerWidth: fields.integer('intermediate_size', { min: 1, default: defaults.innerWidth }),
    layers: fields.integer('num_hidden_layers', { max: 1000, default: 12 }),
    epsilon: fields.number('layer_norm_eps', { default: defaults.epsilon }),
    activation: activationNamed(fields.string('hidden_act', { default: defaults.activation }), file),
  };
}

/** `CLIPEncoder` and `SiglipEncoder`: F32 [batch, sequence, width], also out. */
export function writeClipTransformer(
  graph: GraphBuilder,
  weights: Weights,
  input: Value,
  { transformer, mask }: { transformer: ClipTransformer; mask?: Value | undefined },
): Value {
  const { width, heads, innerWidth, layers, epsilon, activation } = transformer;
  const names = { query: 'self_attn.q_proj', key: 'self_attn.k_proj', value: 'self_attn.v_proj' };
  const attention = {
    width,
    heads,
    headSize: width / heads,
    project: splitProjection({ ...names, from: width, to: width }),
    bias: mask,
    output: 'self_attn.out_proj',
  };
  let hidden = input;
  for (let layer = 0; layer < layers; layer += 1) {
    const own = weights.withPrefix(`encoder.layers.${layer}.`);
    hidden = preNormBlock(graph, own, hidden, {
      width,
      epsilon,
      attentionNorm: 'layer_norm1',
      feedForwardNorm: 'layer_norm2',
      attentionScale: null,
      feedForwardScale: null,
      attend: (_graph, _weights, value) => selfAttention(graph, own, value, attention),
      feed: (_graph, _weights, value) =>
        feedForward(graph, own, value, { width, innerWidth, activation, wide: 'mlp.fc1', narrow: 'mlp.fc2' }),
    });
  }
  return hidden;
}
