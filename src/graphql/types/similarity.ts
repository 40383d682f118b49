import type { SimilarityAnswer } from '../../inference/similarity.ts';
import { similarityFunctions } from '../../models/model.ts';
import { builder } from '../builder.ts';
import { EmbedItem, InferenceTimingRef, InferenceUsageRef } from './embed.ts';
import { enumOf, TruncationEnum, VectorEncodingEnum } from './enums.ts';
import { ModelRef } from './model.ts';
import { encodeVector } from './vector-encoding.ts';

const SimilarityFunctionEnum = enumOf('SimilarityFunction', similarityFunctions, {
  description: 'How two vectors are compared. The higher a value, the more alike they are.',
  about: {
    COSINE: 'Cosine of the angle between them, -1 to 1.',
    DOT: 'Their dot product.',
    EUCLIDEAN: 'Their Euclidean distance with its sign turned: at most 0.',
    MANHATTAN: 'Their Manhattan distance with its sign turned: at most 0.',
  },
});

const SimilarityAgainstInput = builder.inputType('SimilarityAgainstInput', {
  description: 'What the items are compared with.',
  fields: (t) => ({
    items: t.field({ type: [EmbedItem], required: true, description: 'Each row of the answer has their order.' }),
    promptName: t.string({ description: "Which of the model's prompts goes in front of these texts; default is the model's own default." }),
    prompt: t.string({ description: 'A text of your own that goes in front of these texts; wins over `promptName`.' }),
  }),
});

const SimilarityInput = builder.inputType('SimilarityInput', {
  description: 'What is compared, and how.',
  fields: (t) => ({
    model: t.string({ required: true, description: 'Name or alias of a loaded model that embeds.' }),
    items: t.field({ type: [EmbedItem], required: true, description: 'The answer has one row for each, in their order.' }),
    promptName: t.string({ description: "Which of the model's prompts goes in front of every text; default is the model's own default." }),
    prompt: t.string({ description: 'A text of your own that goes in front of every text; wins over `promptName`.' }),
    against: t.field({
      type: SimilarityAgainstInput,
      description: 'What the items are compared with, e.g. documents under a prompt of their own; default the items themselves.',
    }),
    function: t.field({
      type: SimilarityFunctionEnum,
      description: "How vectors are compared; default is the model's own function, mostly `COSINE`.",
    }),
    dimensions: t.int({ description: "Compare so many of the first values, 1 to the model's width; default all." }),
    truncate: t.field({
      type: TruncationEnum,
      defaultValue: 'END',
      description: 'What happens to a text that is too long; default `END`.',
    }),
  }),
});

const SimilarityResultRef = builder.objectRef<SimilarityAnswer>('SimilarityResult').implement({
  description: 'How alike the items of a request are.',
  fields: (t) => ({
    model: t.expose('model', { type: ModelRef, nullable: true, description: 'The model that made the vectors.' }),
    function: t.expose('similarity', { type: SimilarityFunctionEnum, description: 'How they were compared.' }),
    scores: t.field({
      type: ['Vector'],
      description: 'One row for each item: its similarity to each of what it is compared with, in their order.',
      args: {
        encoding: t.arg({
          type: VectorEncodingEnum,
          required: true,
          defaultValue: 'FLOAT',
          description: 'How a row is written down; default `FLOAT`.',
        }),
      },
      resolve: ({ scores }, { encoding }) => scores.map((row) => encodeVector(row, encoding)),
    }),
    usage: t.field({ type: InferenceUsageRef, description: 'What the request used.', resolve: ({ inputTokens }) => ({ inputTokens }) }),
    timing: t.expose('timing', { type: InferenceTimingRef, description: 'Where its time went, comparing apart.' }),
  }),
});

builder.queryField('similarity', (t) =>
  t.field({
    type: SimilarityResultRef,
    nullable: true,
    description: 'Embeds items with a loaded model and compares each with each, or with those of `against`; at most 4194304 pairs.',
    args: { input: t.arg({ type: SimilarityInput, required: true, description: 'What is compared, and how.' }) },
    resolve: (_, { input }, { services, signal }) => services.inference.similarity(toRequest(input), signal),
  }),
);

function toRequest({ against, function: similarity, ...input }: typeof SimilarityInput.$inferInput) {
  return {
    ...input,
    ...promptsOf(input),
    truncate: input.truncate ?? 'END',
    dimensions: input.dimensions ?? null,
    similarity: similarity ?? null,
    against: against ? { items: against.items, ...promptsOf(against) } : null,
  };
}

function promptsOf({ promptName, prompt }: { promptName?: string | null | undefined; prompt?: string | null | undefined }) {
  return { promptName: promptName ?? null, prompt: prompt ?? null };
}
