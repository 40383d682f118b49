import { InvalidModelFileError, quote, UnsupportedModelError } from '../errors.ts';
import { isJsonObject, type JsonObject } from './json-file.ts';

/** What turns one pair's logits into its scores. */
export interface ScoreActivation {
  /** Name of torch's class, e.g. `Sigmoid`. */
  readonly name: string;
  /** One score per label, from one logit per label. */
  apply(logits: Float32Array): Float32Array;
}

/** ln(1 + eˣ) without overflow. */
const softplus = (value: number): number => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));

function softmax(logits: Float32Array): Float32Array {
  const largest = Math.max(...logits);
  const powers = Float64Array.from(logits, (value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return Float32Array.from(powers, (power) => power / sum);
}

function logSoftmax(logits: Float32Array): Float32Array {
  const largest = Math.max(...logits);
  const sum = logits.reduce((total, value) => total + Math.exp(value - largest), 0);
  return logits.map((value) => value - largest - Math.log(sum));
}

const each =
  (one: (value: number) => number) =>
  (logits: Float32Array): Float32Array =>
    logits.map(one);

/** By the class names of torch.nn, over the labels of one pair, as made by a class without arguments. */
const activations: Readonly<Record<string, ScoreActivation['apply']>> = {
  Identity: (logits) => logits,
  Sigmoid: each((value) => 1 / (1 + Math.exp(-value))),
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  LogSigmoid: each((value) => -softplus(-value)),
  Tanh: each(Math.tanh),
  ReLU: each((value) => Math.max(value, 0)),
  Softplus: each(softplus),
};

/** Path of a class of torch, e.g. `torch.nn.modules.activation.Sigmoid`. */
const torchClass = /^torch\.nn\.(?:modules\.\w+\.)?(\w+)$/;

/**
 * The activation that a cross-encoder's files name. Without one, or with one that is not torch's (a program of the
 * repository), it is Sigmoid for one label and Identity for several.
 *
 * Reference: sentence-transformers 5, `cross_encoder/model.py`, `get_default_activation_fn` and `_parse_model_config`.
 *
 * @param modelConfig config_sentence_transformers.json, where versions after 5.2 write it; empty where there is none.
 */
export function readScoreActivation({
  config,
  modelConfig,
  labelCount,
  file,
}: {
  config: JsonObject;
  modelConfig: JsonObject;
  labelCount: number;
  file: string;
}): ScoreActivation {
  const path = modelConfig.activation_fn ?? pathInConfig(config);
  const fallback = named(labelCount === 1 ? 'Sigmoid' : 'Identity');
  if (path === undefined || path === null) return fallback;
  if (typeof path !== 'string') throw new InvalidModelFileError({ file, message: 'The activation function of the scores must be a name.' });
  if (!path.startsWith('torch.')) return fallback;
  const [, name = ''] = torchClass.exec(path) ?? [];
  if (Object.hasOwn(activations, name)) return named(name);
  throw new UnsupportedModelError({
    reason: `The activation function ${quote(path)} of the scores is not built here.`,
    remedy: `Supported: ${Object.keys(activations).join(', ')}, each as torch.nn.modules.activation.<name>.`,
  });
}

/** Version 4 and later ask the old key only where the new one is not there at all. */
function pathInConfig({ sentence_transformers: settings, sbert_ce_default_activation_function: old }: JsonObject): unknown {
  return isJsonObject(settings) && Object.hasOwn(settings, 'activation_fn') ? settings.activation_fn : old;
}

function named(name: string): ScoreActivation {
  return { name, apply: activations[name] ?? ((logits) => logits) };
}
