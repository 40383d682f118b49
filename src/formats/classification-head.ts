import { activationNamed } from './architectures/blocks/activation.ts';
import { layerNorm } from './architectures/blocks/layer-norm.ts';
import { linear } from './architectures/blocks/linear.ts';
import { findTextArchitecture } from './architectures/registry.ts';
import { jsonFields } from './json-fields.ts';
import type { JsonObject } from './json-file.ts';
import { poolingModes } from './modules/pooling-modes.ts';
import type { GraphBuilder } from './onnx-graph.ts';
import type { Value } from './onnx-types.ts';
import type { Weights } from './weights.ts';

/** What transformers' `…ForSequenceClassification` puts on an encoder: token embeddings to logits. */
export interface ClassificationHead {
  /** A few words for people, e.g. `tanh pooler`. */
  readonly summary: string;
  /** Writes the head: F32 [batch, labels]. */
  build(graph: GraphBuilder, weights: Weights, inputs: HeadInputs): Value;
}

/** What a head works on. */
export interface HeadInputs {
  /** Token embeddings F32 [batch, sequence, size]. */
  readonly hidden: Value;
  /** INT32 [batch, sequence]: 1 for a token, 0 for padding. */
  readonly mask: Value;
  /** Width of a token embedding. */
  readonly size: number;
  readonly labelCount: number;
}

/** A layer over the first token, then the one that gives the logits. */
function firstTokenHead({
  dense,
  classifier = 'classifier',
  activation,
}: {
  dense: string;
  classifier?: string;
  activation: 'Tanh' | 'Relu';
}): ClassificationHead {
  return {
    summary: `${activation.toLowerCase()} layer over the first token`,
    build(graph, weights, { hidden, size, labelCount }) {
      const first = poolingModes.cls(graph, hidden);
      const middle = graph.node(activation, [linear(graph, weights, first, { name: dense, from: size, to: size })]);
      return linear(graph, weights, middle, { name: classifier, from: size, to: labelCount });
    },
  };
}

/** `modeling_roberta.py`, `RobertaClassificationHead`; `modeling_mpnet.py` has the same. */
const roberta = firstTokenHead({ dense: 'classifier.dense', classifier: 'classifier.out_proj', activation: 'Tanh' });

/** `modeling_qwen3.py`, `Qwen3ForSequenceClassification`: the last token, nothing between. */
const lastTokenHead: ClassificationHead = {
  summary: 'one layer over the last token',
  build(graph, weights, { hidden, mask, size, labelCount }) {
    return linear(graph, weights, poolingModes.lasttoken(graph, hidden, mask), { name: 'score', from: size, to: labelCount, bias: false });
  },
};

/** `modeling_modernbert.py`, `ModernBertForSequenceClassification`. */
function modernBertHead(config: JsonObject, file: string): ClassificationHead {
  const fields = jsonFields(config, file);
  const pooling = fields.string('classifier_pooling', { default: 'cls' }) === 'mean' ? 'mean' : 'cls';
  const activation = activationNamed(fields.string('classifier_activation', { default: 'gelu' }), file);
  const hasBias = fields.boolean('classifier_bias', { default: false });
  const hasNormBias = fields.boolean('norm_bias', { default: false });
  const epsilon = fields.number('norm_eps', { default: 1e-5 });
  return {
    summary: `prediction head over ${pooling === 'mean' ? 'the mean' : 'the first token'}`,
    build(graph, weights, { hidden, mask, size, labelCount }) {
      const pooled = poolingModes[pooling](graph, hidden, mask);
      const wide = activation(graph, linear(graph, weights, pooled, { name: 'head.dense', from: size, to: size, bias: hasBias }));
      const normed = layerNorm(graph, weights, wide, { name: 'head.norm', size, epsilon, bias: hasNormBias });
      return linear(graph, weights, normed, { name: 'classifier', from: size, to: labelCount });
    },
  };
}

/** By `model_type`. XLM-RoBERTa and CamemBERT keep RoBERTa's names. */
const heads: Readonly<Record<string, (config: JsonObject, file: string) => ClassificationHead>> = {
  // `modeling_bert.py`: the pooler is a part of the encoder.
  bert: () => firstTokenHead({ dense: 'bert.pooler.dense', activation: 'Tanh' }),
  roberta: () => roberta,
  'xlm-roberta': () => roberta,
  camembert: () => roberta,
  mpnet: () => roberta,
  distilbert: () => firstTokenHead({ dense: 'pre_classifier', activation: 'Relu' }),
  modernbert: modernBertHead,
  // GTE's `modeling.py`, `NewForSequenceClassification`.
  new: () => firstTokenHead({ dense: 'new.pooler.dense', activation: 'Tanh' }),
  qwen3: () => lastTokenHead,
};

/** The head of a config's family; null where it is not built here. */
export function findClassificationHead(config: JsonObject, file: string): ClassificationHead | null {
  const { modelType = '' } = findTextArchitecture(config) ?? {};
  return Object.hasOwn(heads, modelType) ? (heads[modelType]?.(config, file) ?? null) : null;
}
