import type { Classification, ClassifyAnswer, ScoredLabel } from '../../inference/classify.ts';
import { builder } from '../builder.ts';
import { InferenceTimingRef, InferenceUsageRef } from './embed.ts';
import { VectorEncodingEnum } from './enums.ts';
import { ImageInput } from './image-input.ts';
import { ModelRef } from './model.ts';
import { encodeVector } from './vector-encoding.ts';

const ClassifyInput = builder.inputType('ClassifyInput', {
  description: 'What is classified, and by what.',
  fields: (t) => ({
    model: t.string({
      required: true,
      description: 'Name or alias of a loaded model with the capability `CLASSIFY_IMAGE`, or of one that embeds texts and images.',
    }),
    images: t.field({ type: [ImageInput], required: true, description: 'Any number of images; the answer has their order.' }),
    topK: t.int({ description: 'Answer so many of the best labels, 1 to their number; default all.' }),
    labels: t.stringList({
      description:
        'Texts to tell the images apart by, for a model that embeds texts and images (zero-shot); default the labels of the model.',
    }),
    template: t.string({
      description: 'Text that each of `labels` is put into at its `{}`, e.g. `a photo of {}`; default the labels as they are.',
    }),
  }),
});

const ScoredLabelRef = builder.objectRef<ScoredLabel>('ScoredLabel').implement({
  description: 'A label with how likely it is.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: "Its place in `Model.labels`, or in the request's `labels`, from 0." }),
    label: t.exposeString('label', { description: 'The label.' }),
    probability: t.exposeFloat('probability', {
      description:
        'From 0 to 1: of the softmax over all labels, or of the sigmoid for a SigLIP model, whose labels do not exclude each other.',
    }),
    logit: t.exposeFloat('logit', { description: 'The same before the softmax or sigmoid.' }),
  }),
});

const ClassificationRef = builder.objectRef<Classification>('Classification').implement({
  description: 'The labels of one image.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Which image of the request, from 0.' }),
    labels: t.expose('labels', { type: [ScoredLabelRef], description: 'The most likely first.' }),
    probabilities: t.field({
      type: 'Vector',
      description: 'Probability of every label, in the order of `Model.labels`, or of the `labels` of the request, whatever `topK` is.',
      args: {
        encoding: t.arg({
          type: VectorEncodingEnum,
          required: true,
          defaultValue: 'FLOAT',
          description: 'How they are written down; default `FLOAT`.',
        }),
      },
      resolve: ({ probabilities }, { encoding }) => encodeVector(probabilities, encoding),
    }),
    logits: t.field({
      type: 'Vector',
      description: 'The same before the softmax or sigmoid.',
      args: {
        encoding: t.arg({
          type: VectorEncodingEnum,
          required: true,
          defaultValue: 'FLOAT',
          description: 'How they are written down; default `FLOAT`.',
        }),
      },
      resolve: ({ logits }, { encoding }) => encodeVector(logits, encoding),
    }),
  }),
});

const ClassifyResultRef = builder.objectRef<ClassifyAnswer>('ClassifyResult').implement({
  description: 'The labels of the images of a request.',
  fields: (t) => ({
    model: t.expose('model', { type: ModelRef, nullable: true, description: 'The model that gave them.' }),
    classifications: t.expose('classifications', { type: [ClassificationRef], description: 'One an image, in the order of the images.' }),
    usage: t.field({ type: InferenceUsageRef, description: 'What the request used.', resolve: ({ inputTokens }) => ({ inputTokens }) }),
    timing: t.expose('timing', { type: InferenceTimingRef, description: 'Where its time went.' }),
  }),
});

builder.queryField('classify', (t) =>
  t.field({
    type: ClassifyResultRef,
    nullable: true,
    description:
      "Gives images labels: a classifier's own, or those of the request with a model of texts and images. " +
      'All or nothing: `extensions` of the error has `itemErrors`, as of `embed`, counted over the images and then the labels.',
    args: { input: t.arg({ type: ClassifyInput, required: true, description: 'What is classified, and by what.' }) },
    resolve: (_, { input }, { services, signal }) =>
      services.inference.classify(
        { ...input, topK: input.topK ?? null, labels: input.labels ?? null, template: input.template ?? null },
        signal,
      ),
  }),
);
