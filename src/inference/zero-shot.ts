import { InvalidInputError, ModelkeepError, UnsupportedCapabilityError } from '../errors.ts';
import { capableModel, type InferenceDependencies } from './capable-model.ts';
import { type ClassifyAnswer, type ClassifyRequest, classification, requireTopK } from './classify.ts';
import { embed } from './embed.ts';
import { itemErrorsOf } from './item-failures.ts';
import { requireAnswerSize } from './limits.ts';
import { sigmoid, softmax } from './probabilities.ts';
import { similarityMatrix } from './similarity-matrix.ts';

/**
 * Tells images apart by texts with a model that has both in one space: the cosine of an image and a text, times the model's logit
 * scale, plus its bias; then the softmax over an image's texts (CLIP), or the sigmoid of each (SigLIP). Throws what `embed` throws.
 */
export async function classifyByTexts(
  dependencies: InferenceDependencies,
  { model: name, images, topK, template, ...request }: ClassifyRequest,
  signal: AbortSignal,
): Promise<ClassifyAnswer> {
  const labels = request.labels ?? [];
  const stored = await dependencies.catalogue.require({ name });
  const { facts } = capableModel(dependencies, stored, { capability: 'EMBED_IMAGE', wanted: 'embed images' });
  if (!facts.zeroShot || !facts.capabilities.includes('EMBED_TEXT')) {
    throw new UnsupportedCapabilityError({
      model: stored.name,
      wanted: 'classify images by texts',
      has: facts.capabilities,
      hint: 'Leave `labels` out for a model that has labels of its own.',
    });
  }
  if (labels.length === 0) throw new InvalidInputError({ field: 'input.labels', message: 'expected at least one label.' });
  if (template !== null && !template.includes('{}')) {
    throw new InvalidInputError({ field: 'input.template', message: 'expected a text with {} where the label goes.' });
  }
  requireTopK(topK, labels.length);
  requireAnswerSize(images.length, labels.length, 'input.images');
  const texts = labels.map((label) => ({ text: template?.replaceAll('{}', () => label) ?? label }));
  const answer = await embed(
    dependencies,
    {
      model: name,
      items: [...images.map((image) => ({ image })), ...texts],
      normalization: 'NONE',
      dimensions: null,
      promptName: null,
      prompt: '',
      truncate: 'END',
    },
    signal,
  ).catch(inFieldsOfClassify(images.length));
  const { logitScale, logitBias, activation } = answer.model.facts?.zeroShot ?? facts.zeroShot;
  const vectors = answer.embeddings.map(({ vector }) => vector);
  const [rows, columns] = [vectors.slice(0, images.length), vectors.slice(images.length)];
  const cosines = await similarityMatrix('COSINE', { rows, columns, signal });
  const classifications = cosines.map((row, index) => {
    const logits = row.map((cosine) => cosine * logitScale + (logitBias ?? 0));
    const probabilities = activation === 'SOFTMAX' ? softmax(logits) : sigmoid(logits);
    return classification(index, { labels, logits, probabilities, topK });
  });
  return { model: answer.model, classifications, inputTokens: answer.inputTokens, timing: answer.timing };
}

/** `input.items[3].image` is `input.images[3]` here, and what follows the images are the labels. */
function inFieldsOfClassify(imageCount: number): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof InvalidInputError) || (error instanceof ModelkeepError && itemErrorsOf(error))) throw error;
    const position = Number(/^input\.items\[(\d+)\]/.exec(error.field)?.[1] ?? -1);
    if (position < 0) throw error;
    const place = position < imageCount ? `input.images[${position}]` : `input.labels[${position - imageCount}]`;
    const field = error.field.replace(/^input\.items\[\d+\](\.image|\.text)?/, place);
    throw new InvalidInputError({ field, message: error.message.slice(`${error.field}: `.length) });
  };
}
