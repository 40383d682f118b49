import { InvalidModelFileError, quote, UnsupportedModelError } from '../errors.ts';
import type { Precision } from './checkpoint-facts.ts';
import type { GraphBuilder } from './onnx-graph.ts';
import type { ElementType, Value } from './onnx-types.ts';
import type { Dtype, StoredTensor, StoredTensors } from './safetensors-types.ts';

const elementTypeOfDtype: Partial<Record<Dtype, ElementType>> = { F32: 'FLOAT', F16: 'FLOAT16', BF16: 'BFLOAT16' };

/** A checkpoint's tensors as values of one graph: each is checked for its shape where it is used. All values are F32. */
export interface Weights {
  /** The weights' file, for messages. */
  readonly file: string;
  /** Whether the checkpoint has this tensor. */
  has(name: string): boolean;
  /** Whether the checkpoint has any tensor of the part `name`: one whose name goes on from it with a dot. */
  hasPart(name: string): boolean;
  /**
   * The shape a tensor is stored in, where widths come from the weights. Throws `INVALID_MODEL_FILE` naming it when it is missing,
   * has not `rank` dimensions, or is empty. Without a rank any is right.
   */
  shape(name: string, rank?: number): readonly number[];
  /** A whole tensor. Throws `INVALID_MODEL_FILE` naming it when it is missing or its shape is another one. */
  tensor(name: string, shape: readonly number[]): Value;
  /** As `tensor`, for the weight of a linear layer: the kind that a `precision` of INT8 applies to. */
  matrix(name: string, shape: readonly number[]): Value;
  /** Rows of a table, as `tensor`. The rows are widened after the look-up: a widened table would be copied whole into memory. */
  rows(name: string, shape: readonly number[], indices: Value): Value;
  /** The same tensors with `prefix` put in front of every name that is asked for. */
  withPrefix(prefix: string): Weights;
  /** What was used so far. */
  readonly used: ReadonlySet<StoredTensor>;
  /** What of it was used as a matrix. */
  readonly matrices: ReadonlySet<StoredTensor>;
  /** How linear layers are to compute. */
  readonly precision: Precision;
}

/** Makes `tensors` available to `graph`. `file` is named when a tensor is missing. */
export function createWeights(
  graph: GraphBuilder,
  tensors: StoredTensors,
  { file, prefix = '', precision = 'F32' }: { file: string; prefix?: string; precision?: Precision },
): Weights {
  const used = new Set<StoredTensor>();
  const matrices = new Set<StoredTensor>();

  function find(name: string, shape: readonly number[]): { tensor: StoredTensor; value: Value; elementType: ElementType } {
    const tensor = tensors.get(name);
    if (!tensor) throw new InvalidModelFileError({ file, message: `Tensor ${quote(name)} is missing.` });
    if (tensor.shape.length !== shape.length || shape.some((size, axis) => tensor.shape[axis] !== size)) {
      const message = `Tensor ${quote(name)} has shape [${tensor.shape.slice(0, 8).join(', ')}]; by config.json it is [${shape.join(', ')}].`;
      throw new InvalidModelFileError({ file: tensor.file, message });
    }
    const elementType = elementTypeOfDtype[tensor.dtype];
    if (!elementType) {
      throw new UnsupportedModelError({
        reason: `Tensor ${quote(name)} is stored as ${tensor.dtype}.`,
        remedy: 'Use a checkpoint in F32, F16 or BF16.',
      });
    }
    used.add(tensor);
    return { tensor, value: graph.external({ ...tensor, elementType }), elementType };
  }

  function shapeOf(name: string, rank?: number): readonly number[] {
    const tensor = tensors.get(name);
    if (!tensor) throw new InvalidModelFileError({ file, message: `Tensor ${quote(name)} is missing.` });
    const hasRank = rank === undefined || tensor.shape.length === rank;
    if (hasRank && !tensor.shape.includes(0)) return tensor.shape;
    const dimensions = rank === undefined ? 'dimensions' : `${rank} dimensions`;
    const message = `Tensor ${quote(name)} has shape [${tensor.shape.slice(0, 8).join(', ')}]; ${dimensions}, none of them 0, are expected.`;
    throw new InvalidModelFileError({ file: tensor.file, message });
  }

  let known: Set<string> | undefined;
  /** Names of all parts, outer and inner: `a` and `a.b` of `a.b.weight`. */
  function parts(): Set<string> {
    if (known) return known;
    known = new Set();
    for (const name of tensors.keys()) {
      for (let end = name.lastIndexOf('.'); end > 0; end = name.lastIndexOf('.', end - 1)) known.add(name.slice(0, end));
    }
    return known;
  }

  const widen = (value: Value, elementType: ElementType): Value => (elementType === 'FLOAT' ? value : graph.cast(value, 'FLOAT'));

  function prefixed(prefix: string): Weights {
    return {
      file,
      used,
      matrices,
      precision,
      has: (name) => tensors.has(prefix + name),
      hasPart: (name) => parts().has(prefix + name),
      shape: (name, rank) => shapeOf(prefix + name, rank),
      tensor(name, shape) {
        const { value, elementType } = find(prefix + name, shape);
        return widen(value, elementType);
      },
      matrix(name, shape) {
        const { tensor, value, elementType } = find(prefix + name, shape);
        matrices.add(tensor);
        return widen(value, elementType);
      },
      rows(name, shape, indices) {
        const { value, elementType } = find(prefix + name, shape);
        return widen(graph.gather(value, indices), elementType);
      },
      withPrefix: (more) => prefixed(prefix + more),
    };
  }

  return prefixed(prefix);
}
