import { createGraph, type GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { type StoredTensor, type StoredTensors, sizeOf } from '../safetensors-types.ts';
import { createWeights, type Weights } from '../weights.ts';

/** Names of the inputs and the output of a head's graph. */
export const headNames = { hidden: 'token_embeddings', mask: 'attention_mask', output: 'head_output' } as const;

/** A graph of its own over an encoder's token embeddings, so that it costs only those who ask for what it gives. */
export interface HeadGraph {
  /** The ONNX file: F32 [batch, sequence, hidden] and, where `takesMask`, INT32 [batch, sequence] in. */
  readonly graph: Uint8Array;
  /** Whether padding matters to it. */
  readonly takesMask: boolean;
  /** Where its weights lie, for messages. */
  readonly weightsFile: string;
  /** Bytes that it takes in memory once it is opened. */
  readonly memoryBytes: number;
}

/** What makes a text's sparse vector. */
export interface SparseHead extends HeadGraph {
  /** VOCABULARY: one value per word of the vocabulary. LEXICAL: one value per token, which is its word's; the largest counts. */
  readonly kind: 'VOCABULARY' | 'LEXICAL';
  /** A few words for people. */
  readonly summary: string;
  /** Indices are below it. */
  readonly dimensions: number;
  /** The most values that one vector can hold; null for as many as a text has tokens. */
  readonly mostValues: number | null;
  /** What becomes of a value of the graph's output that is above 0; others are 0. */
  finish(value: number): number;
  /** Tokens that a LEXICAL vector leaves out. */
  readonly ignoredTokens: readonly string[];
}

/** What makes a text's token vectors, where they are not the token embeddings themselves. */
export interface TokenHead extends HeadGraph {
  readonly summary: string;
  /** Width of a token's vector. */
  readonly dimensions: number;
}

/** What a model makes of its token embeddings besides one dense vector. */
export interface OutputHeads {
  /** Null for a model without sparse vectors. */
  readonly sparse: SparseHead | null;
  /** Null where token vectors are the token embeddings. */
  readonly tokens: TokenHead | null;
}

/** Writes the graph of a head over token embeddings of width `size`. */
export function headGraph(
  tensors: StoredTensors,
  {
    file,
    size,
    takesMask,
    build,
    shape,
  }: {
    file: string;
    size: number;
    takesMask: boolean;
    /** Shape of the output, apart from the batch. */
    shape: readonly (string | number)[];
    build: (graph: GraphBuilder, weights: Weights, inputs: { hidden: Value; mask: Value }) => Value;
  },
): HeadGraph {
  const graph = createGraph();
  const weights = createWeights(graph, tensors, { file });
  const hidden = graph.input(headNames.hidden, 'FLOAT', ['batch', 'sequence', size]);
  const mask = takesMask ? graph.input(headNames.mask, 'INT32', ['batch', 'sequence']) : hidden;
  graph.output(headNames.output, build(graph, weights, { hidden, mask }), 'FLOAT', ['batch', ...shape]);
  return { graph: graph.finish(), takesMask, weightsFile: file, memoryBytes: Math.ceil(parametersOf(weights.used) * 4 * 1.25) };
}

function parametersOf(used: Iterable<StoredTensor>): number {
  return [...used].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
