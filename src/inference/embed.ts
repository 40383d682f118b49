import { InvalidInputError } from '../errors.ts';
import type { InferenceDependencies } from './capable-model.ts';
import { chooseOutputs } from './choose-outputs.ts';
import { embedImages, embedTexts, imageModel, type Share, textModel, type WantedText } from './embed-shares.ts';
import type { EmbedAnswer, EmbeddingAnswer, EmbedItem, EmbedRequest } from './embedding.ts';
import { itemsFailed } from './item-failures.ts';
import { requireAnswerSize, requireTextLength } from './limits.ts';
import type { WantedImage } from './read-images.ts';
import { beside } from './timings.ts';

/**
 * Embeds any number of texts and images with a loaded model, in input order, with all that is asked for from one pass. Texts and
 * images run side by side. All or nothing: items that fail fail the request, whose failure names all of them (`itemErrors`).
 * Throws MODEL_NOT_FOUND, MODEL_NOT_LOADED, MODEL_LOADING, UNSUPPORTED_CAPABILITY, INVALID_INPUT, INPUT_TOO_LONG, INVALID_IMAGE,
 * UNSAFE_URL, UPSTREAM_FAILED, OVERLOADED, RUNNER_CRASHED, TIMEOUT, CANCELED.
 */
export async function embed(dependencies: InferenceDependencies, request: EmbedRequest, signal: AbortSignal): Promise<EmbedAnswer> {
  const startedMs = performance.now();
  const stored = await dependencies.catalogue.require({ name: request.model });
  const { texts, images } = splitItems(request.items);
  // Without items nothing says of which kind they would be.
  const hasTexts = texts.length > 0 || (images.length === 0 && stored.facts?.capabilities.includes('EMBED_TEXT') !== false);
  const model = hasTexts ? textModel(dependencies, stored) : imageModel(dependencies, stored);
  if (images.length > 0) imageModel(dependencies, stored);
  for (const { index, text } of texts) requireTextLength(text, `input.items[${index}].text`);
  dependencies.images.check(images, (index) => `input.items[${index}].image`);
  const width = model.facts.dimensions ?? 0;
  if (chooseOutputs(model, request.outputs ?? ['DENSE']).includes('DENSE')) {
    requireDimensions(request.dimensions, width);
    requireAnswerSize(request.items.length, request.dimensions ?? width);
  }
  // What fails one share as a whole fails the request: the other need not go on.
  const stop = new AbortController();
  const ended = images.length > 0 ? AbortSignal.any([signal, stop.signal]) : signal;
  const whole = async (share: Promise<Share<EmbeddingAnswer>>) =>
    share.catch((error: unknown) => {
      stop.abort();
      throw error;
    });
  const runTexts = () => whole(embedTexts(dependencies, { stored, request, texts }, ended));
  const imageShare = images.length > 0 ? whole(embedImages(dependencies, { stored, request, images }, ended)) : null;
  let [textShare, imagesDone] = await allOrFirstFailure([hasTexts ? runTexts() : null, imageShare]);
  // A newer revision took over while images were fetched: vectors of two revisions are not of one space.
  if (textShare && imagesDone && textShare.model.facts !== imagesDone.model.facts) textShare = await runTexts();
  const shares = [textShare, imagesDone].filter((share) => share !== null);
  const failures = shares.flatMap((share) => share.failures);
  if (failures.length > 0) throw itemsFailed(failures);
  const embeddings = shares.flatMap(({ answers }) => answers).sort((first, second) => first.index - second.index);
  return {
    model: shares[0]?.model ?? model,
    embeddings,
    inputTokens: embeddings.reduce((sum, { tokenCount }) => sum + (tokenCount ?? 0), 0),
    timing: imagesDone
      ? beside(textShare?.timing ?? null, imagesDone.timing, performance.now() - startedMs)
      : beside(textShare?.timing ?? null, null, textShare?.timing?.totalMs ?? 0),
  };
}

function splitItems(items: readonly EmbedItem[]): { texts: WantedText[]; images: WantedImage[] } {
  return {
    texts: items.flatMap(({ text, image }, index) => (image ? [] : { index, text: text ?? '' })),
    images: items.flatMap(({ image }, index) => (image ? { index, image } : [])),
  };
}

/** Waits for both, also where one fails; the failure that came first is the one that counts, for it ended the other. */
async function allOrFirstFailure<First, Second>(
  both: [Promise<First> | null, Promise<Second> | null],
): Promise<[First | null, Second | null]> {
  try {
    return await Promise.all(both);
  } finally {
    await Promise.allSettled(both);
  }
}

function requireDimensions(dimensions: number | null, width: number): void {
  if (dimensions === null || (dimensions >= 1 && dimensions <= width)) return;
  throw new InvalidInputError({ field: 'input.dimensions', message: `expected 1 to ${width}, the model's width, got ${dimensions}.` });
}
