import { join } from 'node:path/posix';
import { InvalidModelFileError, quote, UnsupportedModelError } from '../../errors.ts';
import type { TextEncoder } from '../architectures/architecture.ts';
import { jsonFields } from '../json-fields.ts';
import { type JsonObject, readJsonObject } from '../json-file.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { readStoredTensors } from '../safetensors.ts';
import type { Weights } from '../weights.ts';
import { type MaskedLanguageModel, readMaskedLanguageModel } from './masked-language-model.ts';
import { headGraph, type SparseHead } from './output-head.ts';

/** How the words' logits of all tokens become one vector. */
interface SpladePooling {
  readonly strategy: 'max' | 'sum';
  /** How often log(1 + x) is applied after ReLU. */
  readonly logarithms: 1 | 2;
}

/**
 * Words whose logits are computed together. Logits of all words at once would take gigabytes: a batch of 4096 tokens has
 * 125 million of them.
 */
const wordsAtOnce = 4096;

/**
 * A masked language model whose logits are pooled over the tokens: log(1 + ReLU(logits)), the largest or the sum.
 *
 * Reference: sentence_transformers `SpladePooling`; "SPLADE v2", arXiv 2109.10086.
 *
 * @param path folder of the SpladePooling module
 */
export async function readSplade(
  folder: string,
  { path, transformerPath, config, encoder }: { path: string; transformerPath: string; config: JsonObject; encoder: TextEncoder },
): Promise<SparseHead> {
  const { hiddenSize: size, vocabularySize } = encoder;
  const pooling = await readSpladePooling(folder, { path, vocabularySize });
  const model = readMaskedLanguageModel(config, { file: join(transformerPath, 'config.json'), size, vocabularySize });
  const file = join(transformerPath, 'model.safetensors');
  const graph = headGraph(await readStoredTensors(folder, transformerPath), {
    file,
    size,
    takesMask: true,
    shape: [vocabularySize],
    build: (builder, weights, { hidden, mask }) =>
      pooling.strategy === 'max'
        ? largestLogits(builder, weights, { model, hidden, mask, vocabularySize })
        : summedWeights(builder, weights, { model, hidden, mask, vocabularySize, pooling }),
  });
  return {
    ...graph,
    kind: 'VOCABULARY',
    summary: `SPLADE: ${pooling.strategy} over the tokens of log(1 + ReLU)${pooling.logarithms === 2 ? ' twice' : ''} of ${vocabularySize} words' logits`,
    dimensions: vocabularySize,
    mostValues: vocabularySize,
    finish: (value) => {
      if (pooling.strategy === 'sum') return value;
      const once = Math.log1p(value);
      return pooling.logarithms === 2 ? Math.log1p(once) : once;
    },
    ignoredTokens: [],
  };
}

async function readSpladePooling(
  folder: string,
  { path, vocabularySize }: { path: string; vocabularySize: number },
): Promise<SpladePooling> {
  const file = join(path, 'config.json');
  const fields = jsonFields(await readJsonObject(folder, file), file);
  const sizeName = fields.has('embedding_dimension') ? 'embedding_dimension' : 'word_embedding_dimension';
  const width = fields.integer(sizeName, { min: 1, default: vocabularySize });
  if (width !== vocabularySize)
    throw new InvalidModelFileError({ file, message: `${sizeName} is ${width}; the model has ${vocabularySize} words.` });
  const strategy = fields.string('pooling_strategy', { default: 'max' });
  const activation = fields.string('activation_function', { default: 'relu' });
  if (strategy !== 'max' && strategy !== 'sum') throw unsupported('pooling strategy', strategy, 'max, sum');
  if (activation !== 'relu' && activation !== 'log1p_relu') throw unsupported('activation function', activation, 'relu, log1p_relu');
  return { strategy, logarithms: activation === 'relu' ? 1 : 2 };
}

function unsupported(what: string, value: string, supported: string): UnsupportedModelError {
  return new UnsupportedModelError({
    reason: `The ${what} ${quote(value)} of SPLADE is not built here.`,
    remedy: `Supported: ${supported}.`,
  });
}

interface LogitInputs {
  readonly model: MaskedLanguageModel;
  readonly hidden: Value;
  readonly mask: Value;
  readonly vocabularySize: number;
}

/** Logits of the words from `start` on, without their bias: F32 [batch, sequence, words]. */
function* logitParts(
  graph: GraphBuilder,
  { tokens, words, vocabularySize }: { tokens: Value; words: Value; vocabularySize: number },
): Generator<{ logits: Value; part: (ofAll: Value) => Value }> {
  for (let start = 0; start < vocabularySize; start += wordsAtOnce) {
    const end = Math.min(start + wordsAtOnce, vocabularySize);
    const part = (all: Value): Value => graph.node('Slice', [all, graph.integers([start]), graph.integers([end]), graph.integers([0])]);
    yield { logits: graph.matMul(tokens, graph.transpose(part(words), [1, 0])), part };
  }
}

/**
 * The largest logit of each word. Bias, ReLU and logarithm keep the order of values, so they wait for the largest alone; and
 * padding made equal to a text's first token changes no maximum.
 */
function largestLogits(graph: GraphBuilder, weights: Weights, { model, hidden, mask, vocabularySize }: LogitInputs): Value {
  const first = graph.gather(hidden, graph.integers([0]), 1);
  const isToken = graph.unsqueeze(graph.cast(mask, 'BOOL'), [2]);
  const tokens = model.transform(graph, weights, graph.node('Where', [isToken, hidden, first]));
  const parts = [...logitParts(graph, { tokens, words: model.words(weights), vocabularySize })].map(({ logits }) =>
    graph.node('ReduceMax', [logits], { axes: [1], keepdims: 0 }),
  );
  const bias = model.bias(weights);
  const largest = graph.concat(parts, 1);
  return bias === null ? largest : graph.add(largest, bias);
}

/** The sum over the tokens of each word's log(1 + ReLU(logit)). */
function summedWeights(
  graph: GraphBuilder,
  weights: Weights,
  { model, hidden, mask, vocabularySize, pooling }: LogitInputs & { pooling: SpladePooling },
): Value {
  const tokens = model.transform(graph, weights, hidden);
  const bias = model.bias(weights);
  const isToken = graph.unsqueeze(graph.cast(mask, 'FLOAT'), [2]);
  const parts = [...logitParts(graph, { tokens, words: model.words(weights), vocabularySize })].map(({ logits, part }) => {
    let values = graph.node('Relu', [bias === null ? logits : graph.add(logits, part(bias))]);
    for (let time = 0; time < pooling.logarithms; time += 1) values = graph.node('Log', [graph.add(values, graph.float(1))]);
    return graph.reduceSum(graph.multiply(values, isToken), [1]);
  });
  return graph.concat(parts, 1);
}
