import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
import './errors.ts';
import './scalars.ts';

/** The schema of every part that registers itself with the builder. */
export function buildSchema(): GraphQLSchema {
  return builder.toSchema();
}
