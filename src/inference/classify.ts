import { InvalidInputError } from '../errors.ts';
import type { Model } from '../models/model.ts';
import type { RunTiming } from '../scheduler/scheduler.ts';
import { capableModel, type InferenceDependencies } from './capable-model.ts';
import { runImages } from './embed-shares.ts';
import type { ImageSource } from './image-source.ts';
import { itemsFailed } from './item-failures.ts';
import { requireAnswerSize } from './limits.ts';
import { softmax } from './probabilities.ts';
import { beside } from './timings.ts';

export interface ClassifyRequest {
  /** Name or alias. */
  model: string;
  images: readonly ImageSource[];
  /** How many of the best labels to answer; null for all. */
  topK: number | null;
  /** Texts that the images are told apart by, for a model of images and texts; null for the model's own labels. */
  labels: readonly string[] | null;
  /** Text that each of `labels` is put into, at its `{}`; null for the labels alone. */
  template: string | null;
}

export interface ClassifyAnswer {
  model: Model;
  /** In the order of the images. */
  classifications: Classification[];
  /** Of the texts; 0 where the model has labels of its own. */
  inputTokens: number;
  timing: RunTiming;
}

export interface Classification {
  /** Which image of the request. */
  index: number;
  /** Best first; equal ones in the model's order. */
  labels: ScoredLabel[];
  /** Of every label, in the order of the model, or of the request. */
  probabilities: Float32Array;
  /** The same before the softmax or sigmoid. */
  logits: Float32Array;
}

export interface ScoredLabel {
  /** Which of the model's labels, or of the request's. */
  index: number;
  label: string;
  probability: number;
  /** Before the softmax or sigmoid. */
  logit: number;
}

/**
 * Gives images the labels of a loaded classifier. All or nothing, as `embed`. Throws MODEL_NOT_FOUND, MODEL_NOT_LOADED, MODEL_LOADING,
 * UNSUPPORTED_CAPABILITY, INVALID_INPUT, INVALID_IMAGE, UNSAFE_URL, UPSTREAM_FAILED, OVERLOADED, RUNNER_CRASHED, TIMEOUT, CANCELED.
 */
export async function classify(
  dependencies: InferenceDependencies,
  { model: name, images, topK }: ClassifyRequest,
  signal: AbortSignal,
): Promise<ClassifyAnswer> {
  const startedMs = performance.now();
  const stored = await dependencies.catalogue.require({ name });
  const classifier = () =>
    capableModel(dependencies, stored, {
      capability: 'CLASSIFY_IMAGE',
      wanted: 'classify images',
      hint: 'A model of texts and images classifies by the `labels` that you give.',
    });
  const { facts } = classifier();
  const wanted = images.map((image, index) => ({ index, image }));
  dependencies.images.check(wanted, (index) => `input.images[${index}]`);
  requireTopK(topK, facts.labels.length);
  requireAnswerSize(images.length, facts.labels.length, 'input.images');
  const share = await runImages(dependencies, { images: wanted, model: classifier, signal }, (items) => ({
    kind: 'classifyImages',
    items,
    firstIndex: 0,
  }));
  if (share.failures.length > 0) throw itemsFailed(share.failures);
  const { model, answers: result } = share;
  if (result?.kind !== 'classifyImages') throw new Error(`classifyImages was answered by ${result?.kind}`);
  const { labels } = model.facts;
  const classifications = images.map((_, index): Classification => {
    const logits = result.logits.subarray(index * result.labelCount, (index + 1) * result.labelCount);
    return classification(index, { labels, logits, probabilities: softmax(logits), topK });
  });
  return { model, classifications, inputTokens: 0, timing: beside(null, share.timing, performance.now() - startedMs) };
}

/** What an image's logits say. */
export function classification(
  image: number,
  {
    labels,
    logits,
    probabilities,
    topK,
  }: {
    labels: readonly string[];
    logits: Float32Array;
    probabilities: Float32Array;
    topK: number | null;
  },
): Classification {
  // By logits: probabilities of very unlikely labels are all 0.
  const order = Array.from(logits.keys()).sort((first, second) => (logits[second] ?? 0) - (logits[first] ?? 0) || first - second);
  const best = order.slice(0, topK ?? order.length).map((index) => ({
    index,
    label: labels[index] ?? String(index),
    probability: probabilities[index] ?? 0,
    logit: logits[index] ?? 0,
  }));
  return { index: image, labels: best, probabilities, logits };
}

/** Throws INVALID_INPUT for more labels than there are. */
export function requireTopK(topK: number | null, count: number): void {
  if (topK === null || (topK >= 1 && topK <= count)) return;
  throw new InvalidInputError({ field: 'input.topK', message: `expected 1 to ${count}, the number of labels, got ${topK}.` });
}
