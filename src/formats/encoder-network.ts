import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { join as joinNames } from 'node:path/posix';
import type { TextEncoder } from './architectures/architecture.ts';
import type { Precision } from './checkpoint-facts.ts';
import type { VectorModule } from './modules/module.ts';
import { buildPooling, type Pooling } from './modules/pooling.ts';
import { baseMemoryBytes, commonDtype, countParameters, memoryOfNetwork } from './network-size.ts';
import { createGraph, type GraphBuilder } from './onnx-graph.ts';
import type { Value } from './onnx-types.ts';
import { readStoredTensors } from './safetensors.ts';
import type { SentenceHead, SentenceParts } from './sentence-head.ts';
import { createWeights, type Weights } from './weights.ts';

/** Names of the inputs and the output of the graphs that are written here. */
export const graphNames = {
  ids: 'input_ids',
  mask: 'attention_mask',
  typeIds: 'token_type_ids',
  /** 1 where a token takes part in pooling; only where a prompt does not. */
  poolingMask: 'pooling_mask',
  hidden: 'token_embeddings',
  embedding: 'sentence_embedding',
  /** One value per label, before any activation: what a classifier gives in place of an embedding. */
  logits: 'logits',
} as const;

interface NetworkFacts {
  readonly parameterCount: number | null;
  readonly quantization: string | null;
  readonly memoryBytes: number;
  /** Null where INT8 cannot be had. */
  readonly int8MemoryBytes: number | null;
}

/** A whole model as a graph over its safetensors: ids in, vectors out. */
export interface EncoderNetwork extends NetworkFacts {
  readonly kind: 'graph';
  /** The ONNX file; its weights point into files of the model's folder. */
  readonly graph: Uint8Array;
  /** The weights' file, for messages. */
  readonly weightsFile: string;
  /** Ids are below it. */
  readonly vocabularySize: number;
  /** Type ids are below it. */
  readonly typeCount: number;
  /** Name of the graph's output. */
  readonly output: string;
}

/** A repository's own ONNX file, and a graph for what comes after it. */
export interface OnnxFileNetwork extends NetworkFacts {
  readonly kind: 'onnxFile';
  /** Path of the ONNX file inside the model's folder. */
  readonly onnxFile: string;
  /** Width of its token embeddings; the number of labels where there is no head. */
  readonly hiddenSize: number;
  /** Pooling and the modules after it as an ONNX file: token embeddings and mask in, vectors out. Null for a classifier, whose logits are the end. */
  readonly head: Uint8Array | null;
}

/** Builds the graph of a checkpoint whose architecture is built here; that checks every tensor's name and shape. */
export function readEncoderNetwork(
  folder: string,
  { encoder, parts, precision }: { encoder: TextEncoder; parts: SentenceParts; precision: Precision },
): Promise<EncoderNetwork> {
  return readGraphNetwork(folder, {
    encoder,
    precision,
    path: parts.transformerPath,
    output: graphNames.embedding,
    moduleParameters: countModules(parts.head?.modules ?? []),
    writeHead(graph, _weights, values) {
      if (parts.head) buildHead(graph, { ...parts.head, ...values });
      graph.output(graphNames.hidden, values.hidden, 'FLOAT', ['batch', 'sequence', encoder.hiddenSize]);
    },
  });
}

/** Builds an encoder's graph with whatever `writeHead` puts on it. */
export async function readGraphNetwork(
  folder: string,
  {
    encoder,
    precision,
    path,
    output,
    moduleParameters = 0,
    writeHead,
  }: {
    encoder: TextEncoder;
    precision: Precision;
    /** Folder of the weights inside the model's folder; '' for the model's folder itself. */
    path: string;
    /** Name of the output that the head makes. */
    output: string;
    /** Weights of the head that are not in the checkpoint's own files. */
    moduleParameters?: number;
    writeHead: (graph: GraphBuilder, weights: Weights, values: { hidden: Value; mask: Value }) => void;
  },
): Promise<EncoderNetwork> {
  const tensors = await readStoredTensors(folder, path);
  const graph = createGraph();
  const weightsFile = joinNames(path, 'model.safetensors');
  const weights = createWeights(graph, tensors, { file: weightsFile, precision });
  const [ids, mask, typeIds] = [graphNames.ids, graphNames.mask, graphNames.typeIds].map((name) =>
    graph.input(name, 'INT32', ['batch', 'sequence']),
  ) as [Value, Value, Value];
  const hidden = encoder.build(graph, weights, { ids, mask, typeIds });
  writeHead(graph, weights, { hidden, mask });
  const memory = memoryOfNetwork(weights.used, weights.matrices, moduleParameters);
  return {
    kind: 'graph',
    graph: graph.finish(),
    weightsFile,
    vocabularySize: encoder.vocabularySize,
    typeCount: encoder.typeCount,
    output,
    parameterCount: countParameters(tensors) + moduleParameters,
    quantization: commonDtype(tensors),
    ...memory,
  };
}

/** Prepares a checkpoint that brings its own ONNX file. */
export async function readOnnxFileNetwork(
  folder: string,
  { onnxFile, hiddenSize, parts }: { onnxFile: string; hiddenSize: number; parts: SentenceParts | null },
): Promise<OnnxFileNetwork> {
  const sizes = await Promise.all(
    [onnxFile, `${onnxFile}_data`, `${onnxFile}.data`].map((file) =>
      stat(join(folder, file)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  const weightBytes = sizes.reduce((sum, size) => sum + size, 0);
  return {
    kind: 'onnxFile',
    onnxFile,
    hiddenSize,
    head: parts?.head ? sentenceHead(parts.head, hiddenSize) : null,
    parameterCount: null,
    quantization: null,
    memoryBytes: baseMemoryBytes + weightBytes * 2,
    int8MemoryBytes: null,
  };
}

function sentenceHead(parts: SentenceHead, hiddenSize: number): Uint8Array {
  const graph = createGraph();
  const hidden = graph.input(graphNames.hidden, 'FLOAT', ['batch', 'sequence', hiddenSize]);
  // With a pooling mask of its own the head has no use for the other.
  const mask = parts.pooling.includePrompt ? graph.input(graphNames.mask, 'INT32', ['batch', 'sequence']) : hidden;
  buildHead(graph, { ...parts, hidden, mask });
  return graph.finish();
}

interface Head {
  pooling: Pooling;
  modules: readonly VectorModule[];
  hidden: Value;
  mask: Value;
}

function buildHead(graph: GraphBuilder, { pooling, modules, hidden, mask }: Head): void {
  const poolingMask = pooling.includePrompt ? mask : graph.input(graphNames.poolingMask, 'INT32', ['batch', 'sequence']);
  let vectors = buildPooling(graph, pooling, hidden, poolingMask);
  for (const built of modules) vectors = built.build(graph, vectors);
  graph.output(graphNames.embedding, vectors, 'FLOAT', ['batch', 'dimensions']);
}

function countModules(modules: readonly VectorModule[]): number {
  return modules.reduce((sum, { parameterCount }) => sum + parameterCount, 0);
}
