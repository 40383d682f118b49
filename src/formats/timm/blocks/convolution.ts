import { InvalidModelFileError } from '../../../errors.ts';
import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import type { Weights } from '../../weights.ts';
import type { FeatureMap } from './feature-map.ts';
import { type FoldedNorm, type Kernel, readKernel } from './kernel.ts';

/**
 * What is put around a map. HALF: as much on each side as keeps a map's size but for the stride, `kernel // 2` for odd kernels. SAME: TensorFlow's, which depends on the
 * input's size and gives the smaller half to the top and the left. VALID: nothing.
 */
export type Padding = 'HALF' | 'SAME' | 'VALID';

export interface Window {
  readonly stride?: number;
  readonly padding?: Padding;
  readonly dilation?: number;
}

/** `torch.nn.Conv2d`. Groups follow from the kernel: each group reads as many channels as it has inputs. */
export function convolve(
  graph: GraphBuilder,
  input: FeatureMap,
  kernel: Kernel,
  { file, stride = 1, padding = 'HALF', dilation = 1 }: Window & { file: string },
): FeatureMap {
  const [outputs, groupInputs, height, width] = kernel.shape;
  const groups = input.channels / groupInputs;
  if (!Number.isInteger(groups) || outputs % groups !== 0) {
    const message = `A convolution's weight has shape [${kernel.shape.join(', ')}]; ${input.channels} channels come in.`;
    throw new InvalidModelFileError({ file, message });
  }
  const vertical = spread(input.height, { size: height, stride, padding, dilation });
  const horizontal = spread(input.width, { size: width, stride, padding, dilation });
  if (vertical.length < 1 || horizontal.length < 1) {
    const message = `An image of the configured size is too small: a kernel of ${height} × ${width} meets a map of ${input.height} × ${input.width}.`;
    throw new InvalidModelFileError({ file, message });
  }
  const inputs: Value[] = kernel.bias === null ? [input.value, kernel.weight] : [input.value, kernel.weight, kernel.bias];
  const value = graph.node('Conv', inputs, {
    kernel_shape: [height, width],
    strides: [stride, stride],
    dilations: [dilation, dilation],
    group: groups,
    pads: [vertical.before, horizontal.before, vertical.after, horizontal.after],
  });
  return { value, channels: outputs, height: vertical.length, width: horizontal.length };
}

/** A convolution of the checkpoint, with the batch norm behind it where `folded` names one; `bias` says that it must have one. */
export function convolution(
  graph: GraphBuilder,
  weights: Weights,
  input: FeatureMap,
  { name, folded, bias, ...window }: Window & { name: string; folded?: FoldedNorm | undefined; bias?: boolean },
): FeatureMap {
  return convolve(graph, input, readKernel(graph, weights, name, { folded, bias }), { ...window, file: weights.file });
}

/** Padding along one axis, and how many windows there are. */
export function spread(
  length: number,
  { size, stride, padding, dilation = 1 }: { size: number; stride: number; padding: Padding; dilation?: number },
): { before: number; after: number; length: number } {
  const extent = (size - 1) * dilation + 1;
  const half = Math.floor((stride - 1 + extent - 1) / 2);
  const same = Math.max((Math.ceil(length / stride) - 1) * stride + extent - length, 0);
  const total = { HALF: 2 * half, SAME: same, VALID: 0 }[padding];
  const before = Math.floor(total / 2);
  return { before, after: total - before, length: Math.floor((length + total - extent) / stride) + 1 };
}
