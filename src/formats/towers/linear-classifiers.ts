import { linear } from '../architectures/blocks/linear.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { Weights } from '../weights.ts';

/** A linear layer that classifies: its name, and the F32 [batch, from] that it reads. */
export interface LinearClassifier {
  readonly name: string;
  readonly input: Value;
  readonly from: number;
}

/** The mean of what the classifiers of a model say, of which only distilled models have several: F32 [batch, labels]. */
export function meanOfClassifiers(graph: GraphBuilder, weights: Weights, classifiers: readonly LinearClassifier[], labels: number): Value {
  const answers = classifiers.map(({ name, input, from }) => linear(graph, weights, input, { name, from, to: labels }));
  const sum = answers.reduce((left, right) => graph.add(left, right));
  return answers.length === 1 ? sum : graph.multiply(sum, graph.float(1 / answers.length));
}
