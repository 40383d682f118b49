import { InvalidModelFileError, quote, UnsupportedModelError } from '../../../errors.ts';
import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';

/** An activation function, written into a graph. */
export type Activation = (graph: GraphBuilder, input: Value) => Value;

/** x · Φ(x). The runtime fuses these nodes into one. */
const gelu: Activation = (graph, input) => {
  const error = graph.node('Erf', [graph.divide(input, graph.float(Math.SQRT2))]);
  return graph.multiply(graph.multiply(input, graph.add(error, graph.float(1))), graph.float(0.5));
};

/** The tanh approximation: transformers' `NewGELUActivation`, torch's `gelu(approximate='tanh')`. */
const tanhGelu: Activation = (graph, input) => {
  const cube = graph.multiply(graph.multiply(input, input), input);
  const inner = graph.add(input, graph.multiply(cube, graph.float(0.044715)));
  const tanh = graph.node('Tanh', [graph.multiply(inner, graph.float(Math.sqrt(2 / Math.PI)))]);
  return graph.multiply(graph.multiply(input, graph.float(0.5)), graph.add(tanh, graph.float(1)));
};

const silu: Activation = (graph, input) => graph.multiply(input, graph.node('Sigmoid', [input]));

/** By the names of `hidden_act` in transformers' `ACT2FN`. */
const activations: Readonly<Record<string, Activation>> = {
  gelu,
  gelu_python: gelu,
  gelu_new: tanhGelu,
  gelu_fast: tanhGelu,
  gelu_pytorch_tanh: tanhGelu,
  relu: (graph, input) => graph.node('Relu', [input]),
  silu,
  swish: silu,
  tanh: (graph, input) => graph.node('Tanh', [input]),
  sigmoid: (graph, input) => graph.node('Sigmoid', [input]),
};

/** The activation that a config names. Throws `UNSUPPORTED_MODEL` for one that is not built, `INVALID_MODEL_FILE` for no name. */
export function activationNamed(name: string, file: string): Activation {
  if (name === '') throw new InvalidModelFileError({ file, message: 'It names no activation function.' });
  const found = Object.hasOwn(activations, name) ? activations[name] : undefined;
  if (found) return found;
  throw new UnsupportedModelError({
    reason: `The activation function ${quote(name)} is not built here.`,
    remedy: `Supported: ${Object.keys(activations).join(', ')}. Or put an onnx/model.onnx beside the weights.`,
  });
}
