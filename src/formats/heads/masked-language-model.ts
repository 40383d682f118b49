import { UnsupportedModelError } from '../../errors.ts';
import { type Activation, activationNamed } from '../architectures/blocks/activation.ts';
import { layerNorm } from '../architectures/blocks/layer-norm.ts';
import { linear } from '../architectures/blocks/linear.ts';
import { architectureName, findTextArchitecture } from '../architectures/registry.ts';
import { type JsonFields, jsonFields } from '../json-fields.ts';
import type { JsonObject } from '../json-file.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { Weights } from '../weights.ts';

/** The head of transformers' `…ForMaskedLM`: a layer over each token, then one logit per word of the vocabulary. */
export interface MaskedLanguageModel {
  /** What the logits are made of: F32 [batch, sequence, size] of token embeddings to the same shape. */
  transform(graph: GraphBuilder, weights: Weights, hidden: Value): Value;
  /** Rows that stand for the words, F32 [words, size]: mostly the encoder's own word table. */
  words(weights: Weights): Value;
  /** What is added to each word's logit, F32 [words]; null for nothing. */
  bias(weights: Weights): Value | null;
}

/** Names of a family's tensors. */
interface Names {
  readonly dense: string;
  readonly norm: string;
  /** The encoder's word table, which is the last layer's matrix unless the config says otherwise. */
  readonly table: string;
  /** That layer's own matrix. */
  readonly decoder: string;
  /** Where the words' bias may be, in order of preference. */
  readonly biases: readonly string[];
}

interface Family {
  readonly names: Names;
  readonly activation: (fields: JsonFields) => string;
  readonly epsilon: (fields: JsonFields) => number;
  /** Which parts have a bias; all where it is left out. */
  readonly hasBias?: (fields: JsonFields) => { dense: boolean; norm: boolean; words: boolean };
}

const bertActivation = (fields: JsonFields): string => fields.string('hidden_act', { default: 'gelu' });
const epsilonOf =
  (fallback: number) =>
  (fields: JsonFields): number =>
    fields.number('layer_norm_eps', { default: fallback });

/** `modeling_roberta.py`, `RobertaLMHead`; MPNet's is the same. Its activation is a constant of the model. */
function robertaFamily(prefix: string, epsilon = 1e-12): Family {
  return {
    names: {
      dense: 'lm_head.dense',
      norm: 'lm_head.layer_norm',
      table: `${prefix}.embeddings.word_embeddings.weight`,
      decoder: 'lm_head.decoder.weight',
      biases: ['lm_head.bias', 'lm_head.decoder.bias'],
    },
    activation: () => 'gelu',
    epsilon: epsilonOf(epsilon),
  };
}

/** By `model_type`. */
const families: Readonly<Record<string, Family>> = {
  // `modeling_bert.py`, `BertLMPredictionHead`.
  bert: {
    names: {
      dense: 'cls.predictions.transform.dense',
      norm: 'cls.predictions.transform.LayerNorm',
      table: 'bert.embeddings.word_embeddings.weight',
      decoder: 'cls.predictions.decoder.weight',
      biases: ['cls.predictions.bias', 'cls.predictions.decoder.bias'],
    },
    activation: bertActivation,
    epsilon: epsilonOf(1e-12),
  },
  // `modeling_distilbert.py`, `DistilBertForMaskedLM`: epsilon is in no config.
  distilbert: {
    names: {
      dense: 'vocab_transform',
      norm: 'vocab_layer_norm',
      table: 'distilbert.embeddings.word_embeddings.weight',
      decoder: 'vocab_projector.weight',
      biases: ['vocab_projector.bias'],
    },
    activation: (fields) => fields.string('activation', { default: 'gelu' }),
    epsilon: () => 1e-12,
  },
  roberta: robertaFamily('roberta'),
  'xlm-roberta': robertaFamily('roberta'),
  camembert: robertaFamily('roberta'),
  mpnet: robertaFamily('mpnet'),
  // `modeling_modernbert.py`, `ModernBertPredictionHead` and `ModernBertForMaskedLM`.
  modernbert: {
    names: {
      dense: 'head.dense',
      norm: 'head.norm',
      table: 'model.embeddings.tok_embeddings.weight',
      decoder: 'decoder.weight',
      biases: ['decoder.bias'],
    },
    activation: (fields) => fields.string('classifier_activation', { default: 'gelu' }),
    epsilon: (fields) => fields.number('norm_eps', { default: 1e-5 }),
    hasBias: (fields) => ({
      dense: fields.boolean('classifier_bias', { default: false }),
      norm: fields.boolean('norm_bias', { default: false }),
      words: fields.boolean('decoder_bias', { default: true }),
    }),
  },
};

/** Reads the head of a config's family. Throws `UNSUPPORTED_MODEL` for a family whose head is not built here. */
export function readMaskedLanguageModel(
  config: JsonObject,
  { file, size, vocabularySize }: { file: string; size: number; vocabularySize: number },
): MaskedLanguageModel {
  const { modelType = '' } = findTextArchitecture(config) ?? {};
  const family = Object.hasOwn(families, modelType) ? families[modelType] : undefined;
  if (!family) {
    throw new UnsupportedModelError({
      reason: `The masked language model of ${architectureName(config) ?? 'this architecture'} is not built here.`,
      remedy: `Built are those of ${Object.keys(families).join(', ')}.`,
    });
  }
  const { names } = family;
  const fields = jsonFields(config, file);
  const activation: Activation = activationNamed(family.activation(fields), file);
  const epsilon = family.epsilon(fields);
  const hasBias = family.hasBias?.(fields) ?? { dense: true, norm: true, words: true };
  const isTied = fields.boolean('tie_word_embeddings', { default: true });
  return {
    transform(graph, weights, hidden) {
      const wide = activation(graph, linear(graph, weights, hidden, { name: names.dense, from: size, to: size, bias: hasBias.dense }));
      return layerNorm(graph, weights, wide, { name: names.norm, size, epsilon, bias: hasBias.norm });
    },
    words: (weights) => weights.tensor(isTied ? names.table : names.decoder, [vocabularySize, size]),
    bias(weights) {
      if (!hasBias.words) return null;
      const name = names.biases.find((candidate) => weights.has(candidate)) ?? names.biases[0] ?? '';
      return weights.tensor(name, [vocabularySize]);
    },
  };
}
