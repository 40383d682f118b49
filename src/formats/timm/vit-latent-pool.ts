import { attendHeads, splitHeads } from '../architectures/blocks/attention.ts';
import { layerNorm } from '../architectures/blocks/layer-norm.ts';
import { linear } from '../architectures/blocks/linear.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { tokenAt } from '../towers/tokens.ts';
import type { Weights } from '../weights.ts';
import { type VitStyle, vitFeedForward } from './vit-block.ts';

/**
 * A learned query that attends to all tokens, with a feed-forward part behind it (SigLIP's pooling): F32 [batch, tokens, width] to
 * F32 [batch, width]. Reference: timm, `layers/attention_pool.py` (`AttentionPoolLatent`).
 */
export function latentPool(graph: GraphBuilder, weights: Weights, hidden: Value, style: VitStyle): Value {
  const { width, heads, epsilon } = style;
  const headSize = width / heads;
  const split = (value: Value): Value => splitHeads(graph, value, { heads, headSize });
  const queries = weights.shape('latent', 3)[1] as number;
  const latent = weights.tensor('latent', [1, queries, width]);
  const query = weights.hasPart('q') ? linear(graph, weights, latent, { name: 'q', from: width, to: width }) : latent;
  const both = linear(graph, weights, hidden, { name: 'kv', from: width, to: 2 * width });
  const [key, value] = graph.nodes('Split', [both], 2, { axis: -1 }) as [Value, Value];
  const normed = (states: Value, name: string): Value =>
    weights.hasPart(name) ? layerNorm(graph, weights, states, { name, size: headSize, epsilon }) : states;
  const attended = attendHeads(graph, {
    query: normed(split(query), 'q_norm'),
    key: normed(split(key), 'k_norm'),
    value: split(value),
    heads,
    headSize,
  });
  const projected = linear(graph, weights, attended, { name: 'proj', from: width, to: width });
  const norm = weights.hasPart('norm') ? layerNorm(graph, weights, projected, { name: 'norm', size: width, epsilon }) : projected;
  return tokenAt(
    graph,
    graph.add(projected, vitFeedForward(graph, weights.withPrefix('mlp.'), norm, { ...style, hasLinearBias: true })),
    0,
  );
}
