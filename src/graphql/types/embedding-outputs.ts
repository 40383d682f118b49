import type { EmbeddingAnswer, TokenVectors } from '../../inference/embedding.ts';
import { builder } from '../builder.ts';
import { VectorEncodingEnum } from './enums.ts';
import { encodeVector } from './vector-encoding.ts';

/** Words of a text, or near to it, with their weights. */
export const SparseVectorRef = builder.objectRef<NonNullable<EmbeddingAnswer['sparse']>>('SparseVector').implement({
  description: "The values of a wide vector that are not 0: weights of the vocabulary's tokens, as the model gives them.",
  fields: (t) => ({
    dimensions: t.exposeInt('dimensions', { description: 'Width of the whole vector: the number of tokens that the model knows.' }),
    indices: t.intList({
      description: 'Ids of the tokens whose weight is above 0, ascending.',
      resolve: ({ indices }) => Array.from(indices),
    }),
    values: t.field({
      type: 'Vector',
      description: 'Their weights, one for each index.',
      args: {
        encoding: t.arg({
          type: VectorEncodingEnum,
          required: true,
          defaultValue: 'FLOAT',
          description: 'How they are written down; default `FLOAT`.',
        }),
      },
      resolve: ({ values }, { encoding }) => encodeVector(values, encoding),
    }),
    tokens: t.stringList({ description: 'The tokens themselves, one for each index.', resolve: ({ words }) => words ?? [] }),
  }),
});

/** One vector for each token of a text. */
export const TokenVectorsRef = builder.objectRef<TokenVectors>('TokenVectors').implement({
  description: 'A vector for each token of a text, for late interaction (ColBERT).',
  fields: (t) => ({
    dimensions: t.exposeInt('dimensions', { description: 'How many values each has.' }),
    tokenIds: t.intList({ description: 'The tokens that have a vector, in their order.', resolve: ({ ids }) => Array.from(ids) }),
    vectors: t.field({
      type: ['Vector'],
      description: 'One for each token.',
      args: {
        encoding: t.arg({
          type: VectorEncodingEnum,
          required: true,
          defaultValue: 'FLOAT',
          description: 'How each is written down; default `FLOAT`.',
        }),
      },
      resolve: ({ ids, vectors, dimensions }, { encoding }) =>
        Array.from(ids, (_, index) => encodeVector(vectors.subarray(index * dimensions, (index + 1) * dimensions), encoding)),
    }),
  }),
});
