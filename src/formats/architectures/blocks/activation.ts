import { InvalidModelFileError, quote, UnsupportedModelError } from '../../../errors.ts';
import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Attributes, Value } from '../../onnx-types.ts';

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

/** x · sigmoid(1.702 x), which CLIP has. */
const quickGelu: Activation = (graph, input) => graph.multiply(input, graph.node('Sigmoid', [graph.multiply(input, graph.float(1.702))]));

const mish: Activation = (graph, input) => graph.multiply(input, graph.node('Tanh', [graph.node('Softplus', [input])]));

/** The operator of the same name, with torch's defaults as attributes. */
function operator(name: string, attributes: Attributes = {}): Activation {
  return (graph, input) => graph.node(name, [input], attributes);
}

function clipped(lowest: number, highest: number): Activation {
  return (graph, input) => graph.node('Clip', [input, graph.float(lowest), graph.float(highest)]);
}

/** By the names of `hidden_act` in transformers' `ACT2FN`, and torch's class names in lower case. */
const activations: Readonly<Record<string, Activation>> = {
  gelu,
  gelu_python: gelu,
  gelu_new: tanhGelu,
  gelu_fast: tanhGelu,
  gelu_accurate: tanhGelu,
  gelu_pytorch_tanh: tanhGelu,
  gelu_python_tanh: tanhGelu,
  quick_gelu: quickGelu,
  linear: (_, input) => input,
  relu: operator('Relu'),
  relu6: clipped(0, 6),
  leaky_relu: operator('LeakyRelu', { alpha: { float: 0.01 } }),
  elu: operator('Elu'),
  selu: operator('Selu'),
  silu,
  swish: silu,
  mish,
  tanh: operator('Tanh'),
  hardtanh: clipped(-1, 1),
  sigmoid: operator('Sigmoid'),
  hardsigmoid: operator('HardSigmoid', { alpha: { float: 1 / 6 } }),
  hardswish: operator('HardSwish'),
  softplus: operator('Softplus'),
  softsign: operator('Softsign'),
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
