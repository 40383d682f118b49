import type { GraphQLResolveInfo } from 'graphql';
import type { EmbedAnswer, EmbeddingAnswer, EmbedRequest } from '../../inference/embedding.ts';
import type { RunTiming } from '../../scheduler/scheduler.ts';
import { builder } from '../builder.ts';
import { selects } from '../selected-fields.ts';
import { SparseVectorRef, TokenVectorsRef } from './embedding-outputs.ts';
import { NormalizationEnum, TruncationEnum, VectorEncodingEnum } from './enums.ts';
import { ImageInput } from './image-input.ts';
import { ModelRef } from './model.ts';
import { encodeVector } from './vector-encoding.ts';

export const EmbedItem = builder.inputType('EmbedItem', {
  description: 'One thing to embed: a text or an image.',
  isOneOf: true,
  fields: (t) => ({
    text: t.string({ description: 'A text of at most 1000000 characters.' }),
    image: t.field({ type: ImageInput, description: 'An image.' }),
  }),
});

const EmbedInput = builder.inputType('EmbedInput', {
  description: 'What is embedded, and how.',
  fields: (t) => ({
    model: t.string({ required: true, description: 'Name or alias of a loaded model.' }),
    items: t.field({ type: [EmbedItem], required: true, description: 'Any number of items; the answer has their order.' }),
    normalization: t.field({
      type: NormalizationEnum,
      defaultValue: 'UNIT',
      description: 'How the length of the vectors is set; default `UNIT`.',
    }),
    dimensions: t.int({ description: "Keep so many of the first values, 1 to the model's width; default all." }),
    promptName: t.string({ description: "Which of the model's prompts goes in front of every text; default is the model's own default." }),
    prompt: t.string({ description: 'A text of your own that goes in front of every text; wins over `promptName`.' }),
    truncate: t.field({
      type: TruncationEnum,
      defaultValue: 'END',
      description: 'What happens to a text that is too long; default `END`.',
    }),
  }),
});

export const InferenceTimingRef = builder.objectRef<RunTiming>('InferenceTiming').implement({
  description: "Where a request's time went.",
  fields: (t) => ({
    queueMs: t.exposeFloat('queueMs', { description: 'Waiting, in milliseconds.' }),
    preprocessMs: t.exposeFloat('preprocessMs', { description: 'Tokenising, or decoding and resizing images, in milliseconds.' }),
    inferenceMs: t.exposeFloat('inferenceMs', { description: 'The batches that it was part of, in milliseconds.' }),
    totalMs: t.exposeFloat('totalMs', { description: 'From arrival to answer, in milliseconds.' }),
    batchSize: t.exposeInt('batchSize', { description: 'Items of the largest batch that it was part of.' }),
    batchTokens: t.exposeInt('batchTokens', { description: 'Padded tokens of that batch; 0 for one of images.' }),
  }),
});

/** What a request used. */
export const InferenceUsageRef = builder.objectRef<{ inputTokens: number }>('InferenceUsage').implement({
  description: 'What a request used.',
  fields: (t) => ({
    inputTokens: t.expose('inputTokens', { type: 'SafeInt', description: 'Tokens that the model read, special tokens included.' }),
  }),
});

const EmbeddingRef = builder.objectRef<EmbeddingAnswer>('Embedding').implement({
  description: 'What one item gave. Only what a query selects is computed, all of it from one pass of the model.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Which item of the request, from 0.' }),
    vector: t.field({
      type: 'Vector',
      description: 'The dense vector. Of a model that makes none (`Model.outputs` lacks `DENSE`), selecting it is UNSUPPORTED_CAPABILITY.',
      args: {
        encoding: t.arg({
          type: VectorEncodingEnum,
          required: true,
          defaultValue: 'FLOAT',
          description: 'How it is written down; default `FLOAT`.',
        }),
      },
      resolve: ({ vector }, { encoding }) => encodeVector(vector, encoding),
    }),
    dimensions: t.int({
      description: 'How many values `vector` has; selecting it is asking for `vector`.',
      resolve: ({ vector }) => vector.length,
    }),
    sparse: t.expose('sparse', {
      type: SparseVectorRef,
      nullable: true,
      description:
        'The sparse vector of a SPLADE model, or of one with a lexical head such as bge-m3 with `sparse_linear.safetensors` (a `.pt` file is a pickle and never read). ' +
        'Neither `normalization` nor `dimensions` of the input applies. Null where the model makes none.',
    }),
    tokenVectors: t.expose('tokenVectors', {
      type: TokenVectorsRef,
      nullable: true,
      description:
        'The vectors of its tokens: token embeddings, special tokens included; of a model with `colbert_linear.safetensors` what that head makes of all but the first token. ' +
        '`normalization` of the input sets their length, `dimensions` does not apply. Null where the model gives none.',
    }),
    tokenCount: t.exposeInt('tokenCount', { nullable: true, description: 'Tokens that the model read; null for an image.' }),
    truncated: t.exposeBoolean('truncated', { description: 'Whether the text was cut.' }),
  }),
});

const EmbedResultRef = builder.objectRef<EmbedAnswer>('EmbedResult').implement({
  description: 'The vectors of a request.',
  fields: (t) => ({
    model: t.expose('model', { type: ModelRef, nullable: true, description: 'The model that made them.' }),
    embeddings: t.expose('embeddings', { type: [EmbeddingRef], description: 'One a item, in the order of the items.' }),
    usage: t.field({ type: InferenceUsageRef, description: 'What the request used.', resolve: ({ inputTokens }) => ({ inputTokens }) }),
    timing: t.expose('timing', { type: InferenceTimingRef, description: 'Where its time went.' }),
  }),
});

builder.queryField('embed', (t) =>
  t.field({
    type: EmbedResultRef,
    nullable: true,
    description:
      'Embeds texts and images, mixed in any order, with a loaded model: dense vectors, sparse ones, token vectors, as the query selects. ' +
      'All or nothing: items that fail fail the request. `extensions` of the error has the `index` of the first, and in `itemErrors` the `index`, `code` and `message` of every item that failed.',
    args: { input: t.arg({ type: EmbedInput, required: true, description: 'What is embedded, and how.' }) },
    resolve: (_, { input }, { services, signal }, info) =>
      services.inference.embed(
        {
          ...input,
          normalization: input.normalization ?? 'UNIT',
          truncate: input.truncate ?? 'END',
          dimensions: input.dimensions ?? null,
          promptName: input.promptName ?? null,
          prompt: input.prompt ?? null,
          ...selectedOutputs(info),
        },
        signal,
      ),
  }),
);

/** What of the embeddings the query reads. */
function selectedOutputs(info: GraphQLResolveInfo): Required<Pick<EmbedRequest, 'outputs' | 'withWords'>> {
  const reads = (...path: string[]): boolean => selects(info, ['embeddings', ...path]);
  return {
    outputs: [
      ...(reads('vector') || reads('dimensions') ? ['DENSE' as const] : []),
      ...(reads('sparse') ? ['SPARSE' as const] : []),
      ...(reads('tokenVectors') ? ['TOKENS' as const] : []),
    ],
    withWords: reads('sparse', 'tokens'),
  };
}
