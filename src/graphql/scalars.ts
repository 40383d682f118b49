import { GraphQLError } from 'graphql';
import { DateTimeResolver, JSONObjectResolver, SafeIntResolver } from 'graphql-scalars';
import { builder } from './builder.ts';

builder.addScalarType('DateTime', DateTimeResolver, { description: 'A moment in UTC as RFC 3339 text, e.g. `2026-01-31T12:00:00.000Z`.' });
builder.addScalarType('SafeInt', SafeIntResolver, {
  description: 'A whole number that a double holds exactly: up to 9007199254740991. Sizes in bytes are of this type.',
});

builder.addScalarType('JSONObject', JSONObjectResolver, { description: 'A JSON object.' });

/** A leaf, not a list: a list of Float costs several times as much to print and checks each number by itself. */
builder.scalarType('Vector', {
  description: 'A vector in the encoding that was asked for: a list of numbers (`FLOAT`), or base64 text.',
  serialize: (vector) => vector,
});

builder.scalarType('Upload', {
  description:
    'A file that comes with the request, as the GraphQL multipart request specification has it; over HTTP such a request needs the header `GraphQL-Require-Preflight`.',
  parseValue(value) {
    if (isFile(value)) return value;
    throw new GraphQLError('Expected a file: send the request as multipart/form-data, with this variable in its map.');
  },
});

/** The server's own class of files is not the platform's. Nothing that was JSON has a function. */
function isFile(value: unknown): value is File {
  return typeof (value as Partial<File> | null)?.arrayBuffer === 'function';
}
