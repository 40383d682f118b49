import type { TokenizeAnswer, TokenizedText } from '../../inference/tokenize.ts';
import { builder } from '../builder.ts';
import { TruncationEnum } from './enums.ts';
import { ModelRef } from './model.ts';

const TokenizeInput = builder.inputType('TokenizeInput', {
  description: 'What is tokenised, and how.',
  fields: (t) => ({
    model: t.string({ required: true, description: 'Name or alias of a loaded model.' }),
    texts: t.stringList({ required: true, description: 'Texts of at most 1000000 characters each.' }),
    promptName: t.string({ description: "Which of the model's prompts goes in front of every text; default is the model's own default." }),
    prompt: t.string({ description: 'A text of your own that goes in front of every text; wins over `promptName`.' }),
    truncate: t.field({
      type: TruncationEnum,
      defaultValue: 'END',
      description: 'What happens to a text that is too long; default `END`.',
    }),
  }),
});

const TokenizedTextRef = builder.objectRef<TokenizedText>('TokenizedText').implement({
  description: 'The tokens of one text, as the model gets them.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Which text of the request, from 0.' }),
    ids: t.exposeIntList('ids', { description: 'Token ids, special tokens included.' }),
    tokens: t.exposeStringList('tokens', { description: 'The same tokens as text.' }),
    tokenCount: t.int({ description: 'How many there are.', resolve: ({ ids }) => ids.length }),
    truncated: t.exposeBoolean('truncated', { description: 'Whether the text was cut.' }),
  }),
});

const TokenizeResultRef = builder.objectRef<TokenizeAnswer>('TokenizeResult').implement({
  description: 'The tokens of a request.',
  fields: (t) => ({
    model: t.expose('model', { type: ModelRef, nullable: true, description: 'The model whose tokens they are.' }),
    items: t.expose('items', { type: [TokenizedTextRef], description: 'One a text, in the order of the texts.' }),
  }),
});

builder.queryField('tokenize', (t) =>
  t.field({
    type: TokenizeResultRef,
    nullable: true,
    description: 'Tokenises texts as `embed` would.',
    args: { input: t.arg({ type: TokenizeInput, required: true, description: 'What is tokenised, and how.' }) },
    resolve: (_, { input }, { services, signal }) =>
      services.inference.tokenize(
        { ...input, truncate: input.truncate ?? 'END', promptName: input.promptName ?? null, prompt: input.prompt ?? null },
        signal,
      ),
  }),
);
