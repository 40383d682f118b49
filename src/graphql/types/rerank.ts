import type { RankedDocument, RerankAnswer } from '../../inference/rerank.ts';
import { builder } from '../builder.ts';
import { InferenceTimingRef, InferenceUsageRef } from './embed.ts';
import { TruncationEnum } from './enums.ts';
import { ModelRef } from './model.ts';

const RerankInput = builder.inputType('RerankInput', {
  description: 'What is ranked, and how.',
  fields: (t) => ({
    model: t.string({ required: true, description: 'Name or alias of a loaded model with the capability `RERANK`.' }),
    query: t.string({ required: true, description: 'What the documents are ranked by: a text of at most 1000000 characters.' }),
    documents: t.stringList({
      required: true,
      description: 'Any number of texts of at most 1000000 characters each; an empty one is scored too.',
    }),
    topK: t.int({ description: 'Answer so many of the best, 1 to the number of documents; default all.' }),
    truncate: t.field({
      type: TruncationEnum,
      defaultValue: 'END',
      description: 'What happens to a pair that is too long: its longer text is cut first; default `END`.',
    }),
  }),
});

const RankedDocumentRef = builder.objectRef<RankedDocument>('RankedDocument').implement({
  description: 'A document with its score.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Which document of the request, from 0.' }),
    score: t.exposeFloat('score', {
      description: 'Score of the first label, after the activation that the model names: the higher the better.',
    }),
    scores: t.exposeFloatList('scores', { description: 'Scores of all labels, in the order of `Model.labels`.' }),
    logits: t.exposeFloatList('logits', { description: 'The same before the activation.' }),
    document: t.exposeString('document', { description: 'The document as it came.' }),
    tokenCount: t.exposeInt('tokenCount', { description: 'Tokens of the pair that the model read, special tokens included.' }),
    truncated: t.exposeBoolean('truncated', { description: 'Whether the query or the document was cut.' }),
  }),
});

const RerankResultRef = builder.objectRef<RerankAnswer>('RerankResult').implement({
  description: 'Documents in the order of their scores.',
  fields: (t) => ({
    model: t.expose('model', { type: ModelRef, nullable: true, description: 'The model that scored them.' }),
    results: t.expose('results', { type: [RankedDocumentRef], description: 'Best first; equal scores in the order of the request.' }),
    usage: t.field({
      type: InferenceUsageRef,
      description: 'What the request used, over all documents.',
      resolve: ({ inputTokens }) => ({ inputTokens }),
    }),
    timing: t.expose('timing', { type: InferenceTimingRef, description: 'Where its time went.' }),
  }),
});

builder.queryField('rerank', (t) =>
  t.field({
    type: RerankResultRef,
    nullable: true,
    description: 'Ranks documents by a query with a loaded reranker. All or nothing: the first pair that fails fails the request.',
    args: { input: t.arg({ type: RerankInput, required: true, description: 'What is ranked, and how.' }) },
    resolve: (_, { input }, { services, signal }) =>
      services.inference.rerank({ ...input, truncate: input.truncate ?? 'END', topK: input.topK ?? null }, signal),
  }),
);
