import { externalTensorProto, inlineTensorProto, modelProto, nodeProto, valueInfoProto } from './onnx-proto.ts';
import type { Attributes, Dimension, ElementType, ExternalTensor, Value } from './onnx-types.ts';
import { elementTypes } from './onnx-types.ts';
import { type MessageWriter, message } from './protobuf.ts';

/** Version of the standard operators: the first that has LayerNormalization. */
const opset = 17;
/** ONNX Runtime's own operators: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md */
const runtimeDomain = 'com.microsoft';

/**
 * Writes a graph node by node. Each method answers the value it makes, so an architecture reads like the model code it
 * follows. Operators: https://onnx.ai/onnx/operators/
 */
export interface GraphBuilder {
  /** An input of the graph. */
  input(name: string, elementType: ElementType, shape: readonly Dimension[]): Value;
  /** Makes a value an output of the graph under this name. */
  output(name: string, value: Value, elementType: ElementType, shape: readonly Dimension[]): void;
  /** A tensor whose bytes stay in a weights file; the same tensor twice is one initializer. */
  external(tensor: ExternalTensor): Value;
  /** A float constant: one value, or a list as a vector. */
  float(value: number | readonly number[]): Value;
  /** An int64 constant: one value as a scalar, a list as a vector (axes, shapes). */
  integers(value: number | readonly number[]): Value;
  /** A constant of 8-bit integers: one value as a scalar, a list as a vector. */
  bytes(elementType: 'INT8' | 'UINT8', value: number | readonly number[]): Value;
  /** Any operator with one output. One of ONNX Runtime's own is named with its domain, `com.microsoft.…`. */
  node(operator: string, inputs: readonly (Value | '')[], attributes?: Attributes): Value;
  /** Any operator with several outputs. */
  nodes(operator: string, inputs: readonly (Value | '')[], outputCount: number, attributes?: Attributes): Value[];
  add(left: Value, right: Value): Value;
  subtract(left: Value, right: Value): Value;
  multiply(left: Value, right: Value): Value;
  divide(left: Value, right: Value): Value;
  matMul(left: Value, right: Value): Value;
  /** Rows of `table` along `axis`. */
  gather(table: Value, indices: Value, axis?: number): Value;
  cast(value: Value, elementType: ElementType): Value;
  /** `order`: which old dimension each new one is. */
  transpose(value: Value, order: readonly number[]): Value;
  /** A size of 0 keeps the old one, -1 takes what is left. */
  reshape(value: Value, shape: readonly number[]): Value;
  unsqueeze(value: Value, axes: readonly number[]): Value;
  concat(values: readonly Value[], axis: number): Value;
  softmax(value: Value, axis: number): Value;
  reduceSum(value: Value, axes: readonly number[], options?: { keepDimensions?: boolean }): Value;
  /** The whole model as an ONNX file. Call it once, at the end. */
  finish(): Uint8Array;
}

/** Starts an empty graph. */
export function createGraph(): GraphBuilder {
  const nodes: MessageWriter[] = [];
  const initializers: MessageWriter[] = [];
  const inputs: MessageWriter[] = [];
  const outputs: MessageWriter[] = [];
  const known = new Map<string, Value>();
  const opsets = new Map([['', opset]]);
  let count = 0;

  const fresh = (prefix: string): Value => {
    count += 1;
    return `${prefix}_${count}` as Value;
  };

  /** One initializer per content: graphs repeat their small constants in every layer. */
  function once(key: string, write: (name: Value) => MessageWriter): Value {
    const found = known.get(key);
    if (found !== undefined) return found;
    const name = fresh('value');
    known.set(key, name);
    initializers.push(write(name));
    return name;
  }

  const graph: GraphBuilder = {
    input(name, elementType, shape) {
      inputs.push(valueInfoProto(name, elementType, shape));
      return name as Value;
    },
    output(name, value, elementType, shape) {
      nodes.push(
        nodeProto({ operator: 'Identity', domain: '', name: fresh('Identity'), inputs: [value], outputs: [name], attributes: {} }),
      );
      outputs.push(valueInfoProto(name, elementType, shape));
    },
    external: (tensor) =>
      once(`external ${JSON.stringify([tensor.file, tensor.offset, tensor.shape])}`, (name) => externalTensorProto(name, tensor)),
    float(value) {
      const list = typeof value === 'number' ? [value] : value;
      const data = new Uint8Array(list.length * 4);
      const view = new DataView(data.buffer);
      for (const [index, entry] of list.entries()) view.setFloat32(index * 4, entry, true);
      const shape = typeof value === 'number' ? [] : [list.length];
      return once(`float ${JSON.stringify(value)}`, (name) => inlineTensorProto({ name, elementType: 'FLOAT', shape, data }));
    },
    integers(value) {
      const list = typeof value === 'number' ? [value] : value;
      const data = new Uint8Array(list.length * 8);
      const view = new DataView(data.buffer);
      for (const [index, entry] of list.entries()) view.setBigInt64(index * 8, BigInt(entry), true);
      const shape = typeof value === 'number' ? [] : [list.length];
      return once(`integers ${JSON.stringify(value)}`, (name) => inlineTensorProto({ name, elementType: 'INT64', shape, data }));
    },
    bytes(elementType, value) {
      const data = Uint8Array.from(typeof value === 'number' ? [value] : value);
      const shape = typeof value === 'number' ? [] : [value.length];
      return once(`${elementType} ${JSON.stringify(value)}`, (name) => inlineTensorProto({ name, elementType, shape, data }));
    },
    node: (operator, from, attributes = {}) => graph.nodes(operator, from, 1, attributes)[0] as Value,
    nodes(qualified, from, outputCount, attributes = {}) {
      const isOwn = qualified.startsWith(`${runtimeDomain}.`);
      const operator = isOwn ? qualified.slice(runtimeDomain.length + 1) : qualified;
      const domain = isOwn ? runtimeDomain : '';
      if (isOwn) opsets.set(runtimeDomain, 1);
      const made = Array.from({ length: outputCount }, () => fresh(operator));
      nodes.push(nodeProto({ operator, domain, name: fresh(operator), inputs: from, outputs: made, attributes }));
      return made;
    },
    add: (left, right) => graph.node('Add', [left, right]),
    subtract: (left, right) => graph.node('Sub', [left, right]),
    multiply: (left, right) => graph.node('Mul', [left, right]),
    divide: (left, right) => graph.node('Div', [left, right]),
    matMul: (left, right) => graph.node('MatMul', [left, right]),
    gather: (table, indices, axis = 0) => graph.node('Gather', [table, indices], { axis }),
    cast: (value, elementType) => graph.node('Cast', [value], { to: elementTypes[elementType] }),
    transpose: (value, order) => graph.node('Transpose', [value], { perm: order }),
    reshape: (value, shape) => graph.node('Reshape', [value, graph.integers(shape)]),
    unsqueeze: (value, axes) => graph.node('Unsqueeze', [value, graph.integers(axes)]),
    concat: (values, axis) => graph.node('Concat', values, { axis }),
    softmax: (value, axis) => graph.node('Softmax', [value], { axis }),
    reduceSum: (value, axes, { keepDimensions = false } = {}) =>
      graph.node('ReduceSum', [value, graph.integers(axes)], { keepdims: keepDimensions ? 1 : 0 }),
    finish() {
      const written = message();
      for (const node of nodes) written.message(1, node);
      written.string(2, 'model');
      for (const initializer of initializers) written.message(5, initializer);
      for (const input of inputs) written.message(11, input);
      for (const output of outputs) written.message(12, output);
      return modelProto(written, opsets).finish();
    },
  };
  return graph;
}
