/** Element types of the graphs that are written here, with ONNX' numbers (`TensorProto.DataType`). */
export const elementTypes = { FLOAT: 1, UINT8: 2, INT8: 3, INT32: 6, INT64: 7, BOOL: 9, FLOAT16: 10, BFLOAT16: 16 } as const;

/** Element type of a value in a graph. */
export type ElementType = keyof typeof elementTypes;

/** A value in a graph: the name of an input, an initializer or a node's output. */
export type Value = string & { readonly isGraphValue: true };

/** An attribute of a node. Whole and real numbers differ in ONNX, so real ones are wrapped. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

/** Attributes of a node by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** A dimension: a size, or a name for one that is known only at run time. */
export type Dimension = number | string;

/** A value whose bytes stay in a file beside the graph. */
export interface ExternalTensor {
  /** Path inside the folder that the session is told of. */
  readonly file: string;
  readonly elementType: ElementType;
  readonly shape: readonly number[];
  /** First byte in the file. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
}
