import { type Attribute, type Dimension, type ElementType, type ExternalTensor, elementTypes } from './onnx-types.ts';
import { type MessageWriter, message } from './protobuf.ts';

/** The ONNX messages that a graph needs. Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3 */

const attributeTypes = { float: 1, integer: 2, string: 3, integers: 7 };
const externalLocation = 1;
const irVersion = 8;

/** `ModelProto` around a graph. `opsets`: version of the operators by domain; '' is the standard one. */
export function modelProto(graph: MessageWriter, opsets: ReadonlyMap<string, number>): MessageWriter {
  const written = message().integer(1, irVersion).string(2, 'modelkeep').message(7, graph);
  for (const [domain, version] of opsets) written.message(8, message().string(1, domain).integer(2, version));
  return written;
}

/** `NodeProto`. */
export function nodeProto(node: {
  operator: string;
  /** '' for the standard operators. */
  domain: string;
  name: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, Attribute>>;
}): MessageWriter {
  const written = message();
  for (const input of node.inputs) written.string(1, input);
  for (const output of node.outputs) written.string(2, output);
  written.string(3, node.name).string(4, node.operator);
  for (const [name, value] of Object.entries(node.attributes)) written.message(5, attributeProto(name, value));
  return node.domain === '' ? written : written.string(7, node.domain);
}

function attributeProto(name: string, value: Attribute): MessageWriter {
  const written = message().string(1, name);
  if (typeof value === 'number') return written.integer(3, value).integer(20, attributeTypes.integer);
  if (typeof value === 'string') return written.string(4, value).integer(20, attributeTypes.string);
  if ('float' in value) return written.float(2, value.float).integer(20, attributeTypes.float);
  for (const entry of value) written.integer(8, entry);
  return written.integer(20, attributeTypes.integers);
}

/** `TensorProto` with its values in it. */
export function inlineTensorProto(tensor: {
  name: string;
  elementType: ElementType;
  shape: readonly number[];
  data: Uint8Array;
}): MessageWriter {
  return tensorProto(tensor).string(8, tensor.name).bytes(9, tensor.data);
}

/** `TensorProto` that points into another file. */
export function externalTensorProto(name: string, tensor: ExternalTensor): MessageWriter {
  const written = tensorProto(tensor).string(8, name);
  const places = { location: tensor.file, offset: String(tensor.offset), length: String(tensor.length) };
  for (const [key, value] of Object.entries(places)) written.message(13, message().string(1, key).string(2, value));
  return written.integer(14, externalLocation);
}

function tensorProto({ elementType, shape }: { elementType: ElementType; shape: readonly number[] }): MessageWriter {
  const written = message();
  for (const size of shape) written.integer(1, size);
  return written.integer(2, elementTypes[elementType]);
}

/** `ValueInfoProto`: name, type and shape of an input or output. */
export function valueInfoProto(name: string, elementType: ElementType, shape: readonly Dimension[]): MessageWriter {
  const dimensions = message();
  for (const dimension of shape) {
    dimensions.message(1, typeof dimension === 'number' ? message().integer(1, dimension) : message().string(2, dimension));
  }
  const tensorType = message().integer(1, elementTypes[elementType]).message(2, dimensions);
  return message().string(1, name).message(2, message().message(1, tensorType));
}
