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
}

/** timm's `Block`, with each of its options that the tensors tell. */
export function vitBlock(graph: GraphBuilder, weights: Weights, hidden: Value, style: VitStyle): Value {
  const { width, epsilon } = style;
  const scaleOf = (name: string): string | null => (weights.has(name) ? name : null);
  return preNormBlock(graph, weights, hidden, {
    width,
    epsilon,
    attentionNorm: 'norm1',
    feedForwardNorm: 'norm2',
    attentionScale: scaleOf('ls1.gamma'),
    feedForwardScale: scaleOf('ls2.gamma'),
    attend: (_, __, input) => selfAttention(graph, weights, input, attentionOf(weights, style)),
    feed: (_, __, input) => vitFeedForward(graph, weights.withPrefix('mlp.'), input, style),
  });
}

function attentionOf(weights: Weights, { width, heads, epsilon }: VitStyle): SelfAttention {
  const headSize = width / heads;
  const bias = weights.has('attn.qkv.bias') ? 'attn.qkv.bias' : null;
  return {
    width,
    heads,
    headSize,
    project: fusedProjection({ weight: 'attn.qkv.weight', bias, from: width, to: width }),
    prepare(graph, _, states, part) {
      const name = part === 'query' ? 'attn.q_norm' : 'attn.k_norm';
      return weights.has(`${name}.weight`) ? layerNorm(graph, weights, states, { name, size: headSize, epsilon }) : states;
    },
    finish: (graph, _, context) =>
      weights.has('attn.norm.weight') ? layerNorm(graph, weights, context, { name: 'attn.norm', size: width, epsilon }) : context,
    output: 'attn.proj',
    outputBias: weights.has('attn.proj.bias'),
  };
}

/** Two linear layers; where the first is twice as wide as the second expects, its first half gates the other ("GLU Variants Improve Transformer"). */
export function vitFeedForward(graph: GraphBuilder, weights: Weights, input: Value, { width, epsilon, activation: name }: VitStyle): Value {
  const activation = activationNamed(name, weights.file);
  const wideWidth = weights.shape('fc1.weight', 2)[0] as number;
  const innerWidth = weights.shape('fc2.weight', 2)[1] as number;
  const bias = weights.has('fc2.bias');
  const norm = weights.has('norm.weight') ? { name: 'norm', epsilon } : undefined;
  const write = wideWidth === 2 * innerWidth ? packedFeedForward : feedForward;
  return write(graph, weights, input, { width, innerWidth, activation, wide: 'fc1', narrow: 'fc2', bias, norm });
}
