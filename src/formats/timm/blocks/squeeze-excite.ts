import { InvalidModelFileError, quote } from '../../../errors.ts';
import type { Activation } from '../../architectures/blocks/activation.ts';
import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Weights } from '../../weights.ts';
import { convolution } from './convolution.ts';
import type { FeatureMap } from './feature-map.ts';
import type { FoldedNorm } from './kernel.ts';
import { averageOfPlaces } from './pooling.ts';

/** Two 1×1 convolutions that weigh a map's channels: their names and functions. */
export interface SqueezeExcite {
  readonly reduce: string;
  readonly expand: string;
  readonly activation: Activation;
  readonly gate: Activation;
  /** A batch norm behind the first. */
  readonly norm?: FoldedNorm | undefined;
}

/** Weighs each channel by a gate that sees the averages of all ("Squeeze-and-Excitation Networks", 3). */
export function squeezeExcite(graph: GraphBuilder, weights: Weights, input: FeatureMap, block: SqueezeExcite): FeatureMap {
  const narrow = convolution(graph, weights, averageOfPlaces(graph, input), { name: block.reduce, folded: block.norm, bias: true });
  const active = { ...narrow, value: block.activation(graph, narrow.value) };
  const wide = convolution(graph, weights, active, { name: block.expand, bias: true });
  if (wide.channels !== input.channels) {
    const message = `${quote(block.expand)} has ${wide.channels} outputs; ${input.channels} channels are to be weighed.`;
    throw new InvalidModelFileError({ file: weights.file, message });
  }
  return { ...input, value: graph.multiply(input.value, block.gate(graph, wide.value)) };
}
