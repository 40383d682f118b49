import { InvalidModelFileError } from '../../../errors.ts';
import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import type { Weights } from '../../weights.ts';
import { batchNormFactors } from './batch-norm.ts';

/** Weights of one convolution, norms folded in. */
export interface Kernel {
  /** F32 `[outputs, inputs of a group, height, width]`. */
  readonly weight: Value;
  /** F32 `[outputs]`; null for none. */
  readonly bias: Value | null;
  readonly shape: readonly [outputs: number, groupInputs: number, height: number, width: number];
}

/** A batch norm behind a convolution: its name, and what it adds to the variance. */
export interface FoldedNorm {
  readonly norm: string;
  readonly epsilon: number;
}

/**
 * A convolution's weights as they lie in the checkpoint, with the batch norm that follows it folded in: conv(x) · s + t is a
 * convolution with weights W · s. A bias is taken where there is one, or must be there.
 */
export function readKernel(
  graph: GraphBuilder,
  weights: Weights,
  name: string,
  { folded, bias: mustHaveBias = false }: { folded?: FoldedNorm | undefined; bias?: boolean | undefined } = {},
): Kernel {
  const shape = kernelShape(weights, name);
  const weight = weights.tensor(`${name}.weight`, shape);
  const bias = mustHaveBias || weights.has(`${name}.bias`) ? weights.tensor(`${name}.bias`, [shape[0]]) : null;
  if (!folded) return { weight, bias, shape };
  const { scale, shift } = batchNormFactors(graph, weights, { name: folded.norm, size: shape[0], epsilon: folded.epsilon });
  return {
    weight: graph.multiply(weight, graph.unsqueeze(scale, [1, 2, 3])),
    bias: bias === null ? shift : graph.add(graph.multiply(bias, scale), shift),
    shape,
  };
}

/** Shape of a convolution's weight. Throws `INVALID_MODEL_FILE` when it is missing or has not four dimensions. */
export function kernelShape(weights: Weights, name: string): Kernel['shape'] {
  return weights.shape(`${name}.weight`, 4) as Kernel['shape'];
}

/** A batch norm alone as a convolution of this shape: its weight is one in the middle, for the channel itself. */
export function identityKernel(
  graph: GraphBuilder,
  weights: Weights,
  { norm, epsilon, shape }: FoldedNorm & { shape: Kernel['shape'] },
): Kernel {
  const [outputs, groupInputs] = shape;
  if (outputs % groupInputs !== 0) {
    const message = `A block that hands its input on has a weight of shape [${shape.join(', ')}].`;
    throw new InvalidModelFileError({ file: weights.file, message });
  }
  const { scale, shift } = batchNormFactors(graph, weights, { name: norm, size: outputs, epsilon });
  const square = graph.node('ConstantOfShape', [graph.integers([groupInputs, groupInputs])]);
  const rows = graph.node('Tile', [graph.node('EyeLike', [square]), graph.integers([outputs / groupInputs, 1])]);
  const weight = graph.unsqueeze(graph.multiply(rows, graph.unsqueeze(scale, [1])), [2, 3]);
  return { weight, bias: shift, shape: [outputs, groupInputs, 1, 1] };
}

/** One convolution for the sum of several over the same input ("RepVGG", arXiv 2101.03697, 3.3). Smaller ones get zeros around them. */
export function sumOfKernels(graph: GraphBuilder, kernels: readonly Kernel[], file: string): Kernel {
  const [first, ...others] = kernels;
  if (!first) throw new InvalidModelFileError({ file, message: 'A block has none of the branches it is made of.' });
  return others.reduce((sum, kernel) => {
    const [height, width] = [Math.max(sum.shape[2], kernel.shape[2]), Math.max(sum.shape[3], kernel.shape[3])];
    if (sum.shape[0] !== kernel.shape[0] || sum.shape[1] !== kernel.shape[1]) {
      const message = `Branches of a block have weights of shapes [${sum.shape.join(', ')}] and [${kernel.shape.join(', ')}].`;
      throw new InvalidModelFileError({ file, message });
    }
    return {
      weight: graph.add(enlarge(graph, sum, height, width), enlarge(graph, kernel, height, width)),
      bias: sum.bias !== null && kernel.bias !== null ? graph.add(sum.bias, kernel.bias) : (sum.bias ?? kernel.bias),
      shape: [sum.shape[0], sum.shape[1], height, width],
    };
  }, first);
}

function enlarge(graph: GraphBuilder, { weight, shape }: Kernel, height: number, width: number): Value {
  const [rows, columns] = [height - shape[2], width - shape[3]];
  if (rows === 0 && columns === 0) return weight;
  const [top, left] = [Math.floor(rows / 2), Math.floor(columns / 2)];
  return graph.node('Pad', [weight, graph.integers([0, 0, top, left, 0, 0, rows - top, columns - left])]);
}
