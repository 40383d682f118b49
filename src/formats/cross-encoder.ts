import { UnsupportedModelError } from '../errors.ts';
import type { TextEncoder } from './architectures/architecture.ts';
import { architectureName } from './architectures/registry.ts';
import { findOnnxFile, readEncoder, readPositions, refusePickle } from './checkpoint.ts';
import type { CheckpointFacts, Precision } from './checkpoint-facts.ts';
import { type ClassificationHead, findClassificationHead } from './classification-head.ts';
import { readScoreActivation, type ScoreActivation } from './cross-encoder-activation.ts';
import { readLabels } from './cross-encoder-labels.ts';
import { type EncoderNetwork, graphNames, type OnnxFileNetwork, readGraphNetwork, readOnnxFileNetwork } from './encoder-network.ts';
import { hasFile, type JsonObject, readJsonObject, readOptionalJsonObject } from './json-file.ts';
import { hasSafetensors } from './safetensors.ts';
import { readModules } from './sentence-modules.ts';
import { readTokenizerFiles, type TokenizerFiles } from './tokenizer-files.ts';

/** A cross-encoder checkpoint, read and checked: a text classifier that scores pairs of a query and a document. */
export interface CrossEncoder {
  readonly facts: CheckpointFacts;
  readonly tokenizer: TokenizerFiles;
  /** The most tokens of one pair, special tokens included. */
  readonly maxTokens: number;
  readonly network: EncoderNetwork | OnnxFileNetwork;
  readonly activation: ScoreActivation;
}

const configFile = 'config.json';
/** What is taken when neither the tokenizer nor the positions name a limit. */
const fallbackMaxTokens = 512;

/**
 * Reads the folder of a cross-encoder; null where it holds another kind of model. A cross-encoder is a transformers
 * `…ForSequenceClassification` without modules.json, or with one that has nothing behind its Transformer (as versions of
 * sentence-transformers after 5.2 write it). Throws `INVALID_MODEL_FILE` or `UNSUPPORTED_MODEL`.
 *
 * Reference: sentence-transformers, `cross_encoder/CrossEncoder.py` (3.3.1) and `cross_encoder/model.py` (5).
 */
export async function readCrossEncoder(
  folder: string,
  { precision = 'F32' }: { precision?: Precision } = {},
): Promise<CrossEncoder | null> {
  if (!(await hasFile(folder, configFile))) return null;
  const config = await readJsonObject(folder, configFile);
  const name = architectureName(config);
  if (!name?.endsWith('ForSequenceClassification')) return null;
  const modules = await readModules(folder);
  if (modules && (modules.length > 1 || modules[0]?.path !== '')) return null;

  const labels = readLabels(config, configFile);
  const modelConfig = modules ? await readOptionalJsonObject(folder, 'config_sentence_transformers.json') : {};
  const activation = readScoreActivation({ config, modelConfig, labelCount: labels.length, file: configFile });
  const encoder = readClassifier(config);
  const network = await readNetwork(folder, { encoder, labelCount: labels.length, precision });
  const runsGraph = network.kind === 'graph';
  const tokenizer = await readTokenizerFiles(folder, '');
  const positions = (runsGraph ? encoder.value?.encoder.maxPositions : null) ?? readPositions(config, configFile);
  const maxTokens = Math.min(tokenizer.maxTokens ?? positions ?? fallbackMaxTokens, positions ?? Number.POSITIVE_INFINITY);
  const how = network.kind === 'graph' ? encoder.value?.summary : `run from ${network.onnxFile}`;
  return {
    tokenizer,
    maxTokens,
    network,
    activation,
    facts: {
      library: 'SENTENCE_TRANSFORMERS',
      architecture: name,
      capabilities: ['RERANK'],
      description: `${name}, ${how}; a reranker: scores pairs of query and document, ${countLabels(labels)}, activation ${activation.name}.`,
      parameterCount: network.parameterCount,
      quantization: network.quantization,
      dimensions: null,
      maxTokens,
      labels,
      prompts: {},
      defaultPromptName: null,
      memoryBytes: network.memoryBytes,
      int8MemoryBytes: network.int8MemoryBytes,
    },
  };
}

interface Classifier {
  readonly encoder: TextEncoder;
  readonly head: ClassificationHead;
  readonly summary: string;
}

type ClassifierOrError = { value: Classifier; error: null } | { value: null; error: Error };

/** The classifier of a built architecture, or why there is none: a repository may still bring an ONNX file. */
function readClassifier(config: JsonObject): ClassifierOrError {
  const encoder = readEncoder(config, configFile);
  if (!encoder.value) return { value: null, error: encoder.error ?? new Error('No encoder and no reason.') };
  const head = findClassificationHead(config, configFile);
  if (head) return { value: { encoder: encoder.value, head, summary: `${encoder.value.summary}, ${head.summary}` }, error: null };
  const error = new UnsupportedModelError({
    reason: `The classifier of ${architectureName(config)} is not built here.`,
    remedy: 'Put an onnx/model.onnx beside the weights (optimum-cli export onnx --task text-classification --model <repository> <folder>).',
  });
  return { value: null, error };
}

async function readNetwork(
  folder: string,
  { encoder, labelCount, precision }: { encoder: ClassifierOrError; labelCount: number; precision: Precision },
): Promise<EncoderNetwork | OnnxFileNetwork> {
  const onnxFile = await findOnnxFile(folder, '');
  if (onnxFile !== null && !(encoder.value && (await hasSafetensors(folder)))) {
    return readOnnxFileNetwork(folder, { onnxFile, hiddenSize: labelCount, parts: null });
  }
  if (!encoder.value) throw encoder.error;
  await refusePickle(folder, '');
  const { head } = encoder.value;
  const size = encoder.value.encoder.hiddenSize;
  return readGraphNetwork(folder, {
    encoder: encoder.value.encoder,
    precision,
    path: '',
    output: graphNames.logits,
    writeHead(graph, weights, { hidden, mask }) {
      // The head is too small to gain by INT8, and its rounding would be the score's.
      const logits = head.build(graph, { ...weights, precision: 'F32' }, { hidden, mask, size, labelCount });
      graph.output(graphNames.logits, logits, 'FLOAT', ['batch', labelCount]);
    },
  });
}

function countLabels({ length }: readonly string[]): string {
  return length === 1 ? '1 label' : `${length} labels`;
}
