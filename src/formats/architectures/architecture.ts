import type { JsonObject } from '../json-file.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { Weights } from '../weights.ts';

/** A family of text encoders whose graph is written here. */
export interface TextArchitecture {
  /** `model_type` of its configs. */
  readonly modelType: string;
  /** What the names in `architectures` begin with, for configs without a `model_type`. */
  readonly classPrefix: string;
  /** A family that mostly writes texts: its checkpoint embeds texts only where modules.json says so. */
  readonly isDecoder?: boolean;
  /**
   * Reads the config. Throws `INVALID_MODEL_FILE` for wrong values, `UNSUPPORTED_MODEL` for variants that are not built.
   *
   * @param file the config's path, for messages.
   */
  read(config: JsonObject, file: string): TextEncoder;
}

/** One encoder, as its config describes it. */
export interface TextEncoder {
  /** Width of a token's embedding. */
  readonly hiddenSize: number;
  /** The most tokens that its positions allow. */
  readonly maxPositions: number;
  /** Number of rows of the word table: ids are below it. */
  readonly vocabularySize: number;
  /** Number of token types: type ids are below it. */
  readonly typeCount: number;
  /** A few words for people, e.g. `6 layers of width 384`. */
  readonly summary: string;
  /** Writes the encoder: token embeddings F32 [batch, sequence, hiddenSize]. */
  build(graph: GraphBuilder, weights: Weights, inputs: TextInputs): Value;
}

/** A text encoder's inputs, each INT32 [batch, sequence]. */
export interface TextInputs {
  readonly ids: Value;
  /** 1 for a token, 0 for padding. */
  readonly mask: Value;
  readonly typeIds: Value;
}
