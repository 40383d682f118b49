import { quote, UnsupportedModelError } from '../../errors.ts';
import { architectureName } from '../architectures/registry.ts';
import { refusePickle } from '../checkpoint.ts';
import type { Precision } from '../checkpoint-facts.ts';
import { readLabels } from '../cross-encoder-labels.ts';
import { type ImageCheckpoint, towerNames } from '../image-checkpoint.ts';
import { isJsonObject, readJsonObject } from '../json-file.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { readStoredTensors } from '../safetensors.ts';
import { type LinearClassifier, meanOfClassifiers } from '../towers/linear-classifiers.ts';
import { meanOfTokens, tokenAt } from '../towers/tokens.ts';
import { buildTower, sizeFacts } from '../towers/tower-network.ts';
import type { Weights } from '../weights.ts';
import { readImageProcessor } from './image-processor.ts';
import { readTransformersImageOnnx } from './transformers-image-onnx.ts';
import { findVitFamily, type VitFamily } from './vit-family.ts';
import { readVitSizes, writeVit } from './vit-network.ts';

const configFile = 'config.json';
const weightsFile = 'model.safetensors';
/** Layers that only a classifier has. */
const classifierNames = ['classifier', 'cls_classifier'];

/** Whether a parsed config.json is that of a vision transformer of transformers that is built here. */
export function isTransformersVitConfig(config: unknown): boolean {
  return isJsonObject(config) && findVitFamily(config.model_type) !== undefined;
}

/**
 * Reads a ViT, DeiT, DINOv2 or DINOv2 with registers of transformers, with a classifier or without. Its features are the class token
 * behind the last norm, `last_hidden_state[:, 0]`. Throws `INVALID_MODEL_FILE` for what is malformed or missing, `UNSUPPORTED_MODEL`
 * for what is whole but not built here.
 */
export async function readTransformersViT(folder: string, { precision = 'F32' }: { precision?: Precision } = {}): Promise<ImageCheckpoint> {
  const config = await readJsonObject(folder, configFile);
  const name = architectureName(config) ?? 'ViTModel';
  const family = findVitFamily(config.model_type);
  const onnx = await readTransformersImageOnnx(folder, config, { isBuilt: family !== undefined });
  if (onnx) return onnx;
  if (!family) {
    throw new UnsupportedModelError({
      reason: `The architecture ${quote(name)} is not built here.`,
      remedy: 'Put an onnx/model.onnx beside the weights, or use a model of another architecture.',
    });
  }
  const sizes = readVitSizes(config, configFile, family);
  await refusePickle(folder, '');
  const tensors = await readStoredTensors(folder);
  const preprocessing = await readImageProcessor(folder, config, family.processor);
  const isClassifier = /ForImageClassification/.test(name) || classifierNames.some((classifier) => tensors.has(`${classifier}.weight`));
  const labels = isClassifier ? readLabels(config, configFile) : [];
  const built = buildTower(tensors, { file: weightsFile, precision }, (graph, weights) => {
    const { height, width } = preprocessing;
    const pixels = { value: graph.input(towerNames.pixels, 'FLOAT', ['batch', 3, height, width]), height, width };
    const encoder = weights.has('embeddings.cls_token') ? weights : weights.withPrefix(family.prefix);
    const { hidden, prefixTokens } = writeVit(graph, encoder, pixels, { family, sizes });
    graph.output(towerNames.features, tokenAt(graph, hidden, 0), 'FLOAT', ['batch', sizes.width]);
    if (!isClassifier) return;
    const classifiers = classifiersOf(graph, weights, hidden, { family, width: sizes.width, prefixTokens });
    graph.output(towerNames.logits, meanOfClassifiers(graph, weights, classifiers, labels.length), 'FLOAT', ['batch', labels.length]);
  });
  const head = isClassifier ? ` and a classifier of ${labels.length} labels` : '';
  return {
    facts: {
      library: 'TRANSFORMERS',
      architecture: name,
      capabilities: isClassifier ? ['EMBED_IMAGE', 'CLASSIFY_IMAGE'] : ['EMBED_IMAGE'],
      description: `${sizes.layers} layers of width ${sizes.width}; features are the class token behind the last norm${head}.`,
      ...sizeFacts(tensors, [built]),
      dimensions: sizes.width,
      outputs: ['DENSE'],
      maxTokens: null,
      labels,
      prompts: {},
      defaultPromptName: null,
      similarity: 'COSINE',
    },
    image: { network: { graph: built.graph, weightsFile }, preprocessing, dimensions: sizes.width, hasLogits: isClassifier },
    text: null,
  };
}

/** The layers whose mean is the logits, and what each reads. */
function classifiersOf(
  graph: GraphBuilder,
  weights: Weights,
  hidden: Value,
  { family, width, prefixTokens }: { family: VitFamily; width: number; prefixTokens: number },
): LinearClassifier[] {
  const classToken = tokenAt(graph, hidden, 0);
  if (weights.hasPart('cls_classifier')) {
    return [
      { name: 'cls_classifier', input: classToken, from: width },
      { name: 'distillation_classifier', input: tokenAt(graph, hidden, 1), from: width },
    ];
  }
  if (!family.classifiesMean) return [{ name: 'classifier', input: classToken, from: width }];
  const both = graph.concat([classToken, meanOfTokens(graph, hidden, prefixTokens)], -1);
  return [{ name: 'classifier', input: both, from: 2 * width }];
}
