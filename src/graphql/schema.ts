import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
import './errors.ts';
import './scalars.ts';
import './types/classify.ts';
import './types/conversation.ts';
import './types/custom-models.ts';
import './types/embed.ts';
import './types/fetch-mutations.ts';
import './types/generation.ts';
import './types/load-model.ts';
import './types/model-changed.ts';
import './types/model-list.ts';
import './types/model-mutations.ts';
import './types/plan-download.ts';
import './types/rerank.ts';
import './types/runtime.ts';
import './types/server.ts';
import './types/similarity.ts';
import './types/statistics.ts';
import './types/task-list.ts';
import './types/task-mutations.ts';
import './types/tokenize.ts';
import './types/verify-model.ts';

/** The schema of every part that registers itself with the builder. */
export function buildSchema(): GraphQLSchema {
  return builder.toSchema();
}
