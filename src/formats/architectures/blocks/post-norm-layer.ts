import { InvalidModelFileError } from '../../../errors.ts';
import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import type { Weights } from '../../weights.ts';
import type { Activation } from './activation.ts';
import { multiHeadAttention } from './attention.ts';
import { layerNorm } from './layer-norm.ts';
import { linear } from './linear.ts';

/** Sizes of an encoder of such layers. */
export interface PostNormSizes {
  readonly hidden: number;
  readonly intermediate: number;
  readonly heads: number;
  readonly epsilon: number;
  readonly activation: Activation;
}

/** What a family calls the parts of a layer. */
export interface PostNormNames {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly attended: string;
  readonly attentionNorm: string;
  readonly wide: string;
  readonly narrow: string;
  readonly outputNorm: string;
}

/**
 * A layer of the first encoders: attention, add, norm; feed-forward, add, norm ("Attention Is All You Need", 3.1).
 *
 * @param bias added to the attention's scores; see `attendHeads`.
 */
export function postNormLayer(
  graph: GraphBuilder,
  weights: Weights,
  { hidden, bias, sizes, names }: { hidden: Value; bias: Value; sizes: PostNormSizes; names: PostNormNames },
): Value {
  const { hidden: size, intermediate, heads, epsilon, activation } = sizes;
  const project = (name: string): Value => linear(graph, weights, hidden, { name, from: size, to: size });
  const context = multiHeadAttention(graph, {
    query: project(names.query),
    key: project(names.key),
    value: project(names.value),
    heads,
    headSize: size / heads,
    bias,
  });
  const attended = linear(graph, weights, context, { name: names.attended, from: size, to: size });
  const middle = layerNorm(graph, weights, graph.add(attended, hidden), { name: names.attentionNorm, size, epsilon });
  const wide = activation(graph, linear(graph, weights, middle, { name: names.wide, from: size, to: intermediate }));
  const narrow = linear(graph, weights, wide, { name: names.narrow, from: intermediate, to: size });
  return layerNorm(graph, weights, graph.add(narrow, middle), { name: names.outputNorm, size, epsilon });
}

/** The width of one head. Throws `INVALID_MODEL_FILE` where the heads do not share the width evenly. */
export function headSizeOf({ hidden, heads }: { hidden: number; heads: number }, file: string): number {
  if (hidden % heads === 0) return hidden / heads;
  throw new InvalidModelFileError({ file, message: `The hidden size ${hidden} is no multiple of the ${heads} attention heads.` });
}
