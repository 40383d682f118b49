import { activationNamed } from '../architectures/blocks/activation.ts';
import { layerNorm } from '../architectures/blocks/layer-norm.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { feedForward, packedFeedForward } from '../towers/feed-forward.ts';
import { fusedProjection, type SelfAttention, selfAttention } from '../towers/self-attention.ts';
import { preNormBlock } from '../towers/vision-transformer-block.ts';
import type { Weights } from '../weights.ts';

/** What the layers of one vision transformer have in common. */
export interface VitStyle {
  readonly width: number;
  readonly heads: number;
  readonly epsilon: number;
  readonly activation: string;
  /** Whether queries, keys and values have a bias. */
  readonly hasProjectionBias: boolean;
  /** Whether the other linear layers have one. */
  readonly hasLinearBias: boolean;
}

/** timm's `Block`, with each of its options that the tensors tell. */
export function vitBlock(graph: GraphBuilder, weights: Weights, hidden: Value, style: VitStyle): Value {
  const { width, epsilon } = style;
  const isScaled = weights.hasPart('ls1') || weights.hasPart('ls2');
  return preNormBlock(graph, weights, hidden, {
    width,
    epsilon,
    attentionNorm: 'norm1',
    feedForwardNorm: 'norm2',
    attentionScale: isScaled ? 'ls1.gamma' : null,
    feedForwardScale: isScaled ? 'ls2.gamma' : null,
    attend: (_, __, input) => selfAttention(graph, weights, input, attentionOf(weights, style)),
    feed: (_, __, input) => vitFeedForward(graph, weights.withPrefix('mlp.'), input, style),
  });
}

function attentionOf(weights: Weights, { width, heads, epsilon, hasProjectionBias, hasLinearBias }: VitStyle): SelfAttention {
  const headSize = width / heads;
  const bias = hasProjectionBias ? 'attn.qkv.bias' : null;
  return {
    width,
    heads,
    headSize,
    project: fusedProjection({ weight: 'attn.qkv.weight', bias, from: width, to: width }),
    prepare(graph, _, states, part) {
      const name = part === 'query' ? 'attn.q_norm' : 'attn.k_norm';
      return weights.hasPart(name) ? layerNorm(graph, weights, states, { name, size: headSize, epsilon }) : states;
    },
    finish: (graph, _, context) =>
      weights.hasPart('attn.norm') ? layerNorm(graph, weights, context, { name: 'attn.norm', size: width, epsilon }) : context,
    output: 'attn.proj',
    outputBias: hasLinearBias,
  };
}

/** Two linear layers; where the first is twice as wide as the second expects, its first half gates the other ("GLU Variants Improve Transformer"). */
export function vitFeedForward(
  graph: GraphBuilder,
  weights: Weights,
  input: Value,
  { width, epsilon, activation: name, hasLinearBias: bias }: VitStyle,
): Value {
  const activation = activationNamed(name, weights.file);
  const wideWidth = weights.shape('fc1.weight', 2)[0] as number;
  const innerWidth = weights.shape('fc2.weight', 2)[1] as number;
  const norm = weights.hasPart('norm') ? { name: 'norm', epsilon } : undefined;
  const write = wideWidth === 2 * innerWidth ? packedFeedForward : feedForward;
  return write(graph, weights, input, { width, innerWidth, activation, wide: 'fc1', narrow: 'fc2', bias, norm });
}
