import { quote, UnsupportedModelError } from '../../errors.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { meanOfTokens, slice, tokenAt } from '../towers/tokens.ts';
import type { Weights } from '../weights.ts';
import type { TimmOptions } from './timm-family.ts';
import type { VitStyle } from './vit-block.ts';
import { latentPool } from './vit-latent-pool.ts';

/** One vector of all tokens, by `global_pool`; where config.json does not say, as the tensors tell. */
export function vitPool(
  graph: GraphBuilder,
  weights: Weights,
  hidden: Value,
  { style, prefixCount, options }: { style: VitStyle; prefixCount: number; options: TimmOptions },
): Value {
  const hasLatent = weights.hasPart('attn_pool');
  const averages = weights.hasPart('fc_norm') || !weights.has('cls_token');
  const usual = hasLatent ? 'map' : averages ? 'avg' : 'token';
  const type = options.overrides.string('global_pool', { default: usual });
  const includesPrefix = options.overrides.boolean('pool_include_prefix', { default: options.architecture === 'test_vit3' });
  const skip = includesPrefix ? 0 : prefixCount;
  const counted = (): Value => (skip === 0 ? hidden : slice(graph, hidden, { from: skip, to: 2 ** 31 - 1, axis: 1 }));
  const largest = (): Value => graph.node('ReduceMax', [counted()], { axes: [1], keepdims: 0 });
  switch (type) {
    case 'map':
      return latentPool(graph, weights.withPrefix('attn_pool.'), counted(), style);
    case 'token':
      return tokenAt(graph, hidden, 0);
    case 'avg':
      return meanOfTokens(graph, hidden, skip);
    case 'max':
      return largest();
    case 'avgmax':
      return graph.multiply(graph.add(meanOfTokens(graph, hidden, skip), largest()), graph.float(0.5));
    default:
      throw new UnsupportedModelError({
        reason: `global_pool ${quote(type)} gives no one vector for an image.`,
        remedy: 'Use a model with global_pool token, avg, max, avgmax or map.',
      });
  }
}
