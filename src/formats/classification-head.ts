import { activationNamed } from './architectures/blocks/activation.ts';
import { layerNorm } from './architectures/blocks/layer-norm.ts';
import { linear } from './architectures/blocks/linear.ts';
import { findTextArchitecture } from './architectures/registry.ts';
import { jsonFields } from './json-fields.ts';
import type { JsonObject } from './json-file.ts';
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

/** `dense` names the layer between the first token's embedding and the layer called `classifier`. */
function firstTokenHead({
  dense,
  classifier,
  activation,
  summary,
}: {
  dense: string;
  classifier: string;
  activation: string;
  summary: string;
}): ClassificationHead {
  return {
    summary,
    build(graph, weights, { hidden, size, labelCount }) {
      const first = graph.gather(hidden, graph.integers(0), 1);
      const middle = graph.node(activation, [linear(graph, weights, first, { name: dense, from: size, to: size })]);
      return linear(graph, weights, middle, { name: classifier, from: size, to: labelCount });
    },
  };
}

/** `modeling_bert.py`: the pooler is part of the encoder. */
const bert = firstTokenHead({ dense: 'bert.pooler.dense', classifier: 'classifier', activation: 'Tanh', summary: 'tanh pooler' });

/** `modeling_roberta.py`, `RobertaClassificationHead`; `modeling_mpnet.py` has the same. */
const roberta = firstTokenHead({
  dense: 'classifier.dense',
  classifier: 'classifier.out_proj',
  activation: 'Tanh',
  summary: 'tanh layer over the first token',
});

/** `modeling_distilbert.py`, `DistilBertForSequenceClassification`. */
const distilbert = firstTokenHead({
  dense: 'pre_classifier',
  classifier: 'classifier',
  activation: 'Relu',
  summary: 'ReLU layer over the first token',
});

/** `modeling_modernbert.py`, `ModernBertForSequenceClassification`. */
function modernBertHead(config: JsonObject, file: string): ClassificationHead {
  const fields = jsonFields(config, file);
  const isMean = fields.string('classifier_pooling', { default: 'cls' }) === 'mean';
  const activation = activationNamed(fields.string('classifier_activation', { default: 'gelu' }), file);
  const hasBias = fields.boolean('classifier_bias', { default: false });
  const hasNormBias = fields.boolean('norm_bias', { default: false });
  const epsilon = fields.number('norm_eps', { default: 1e-5 });
  return {
    summary: `prediction head over ${isMean ? 'the mean' : 'the first token'}`,
    build(graph, weights, { hidden, mask, size, labelCount }) {
      const pooled = isMean ? maskedMean(graph, hidden, mask) : graph.gather(hidden, graph.integers(0), 1);
      const wide = activation(graph, linear(graph, weights, pooled, { name: 'head.dense', from: size, to: size, bias: hasBias }));
      const normed = layerNorm(graph, weights, wide, { name: 'head.norm', size, epsilon, bias: hasNormBias });
      return linear(graph, weights, normed, { name: 'classifier', from: size, to: labelCount });
    },
  };
}

function maskedMean(graph: GraphBuilder, hidden: Value, mask: Value): Value {
  const weights = graph.unsqueeze(graph.cast(mask, 'FLOAT'), [2]);
  return graph.divide(graph.reduceSum(graph.multiply(hidden, weights), [1]), graph.reduceSum(weights, [1]));
}

/** By `model_type`. XLM-RoBERTa and CamemBERT keep RoBERTa's names. */
const heads: Readonly<Record<string, (config: JsonObject, file: string) => ClassificationHead>> = {
  bert: () => bert,
  roberta: () => roberta,
  'xlm-roberta': () => roberta,
  camembert: () => roberta,
  mpnet: () => roberta,
  distilbert: () => distilbert,
  modernbert: modernBertHead,
};

/** The head of a config's family; null where it is not built here. */
export function findClassificationHead(config: JsonObject, file: string): ClassificationHead | null {
  const { modelType = '' } = findTextArchitecture(config) ?? {};
  return Object.hasOwn(heads, modelType) ? (heads[modelType]?.(config, file) ?? null) : null;
}
