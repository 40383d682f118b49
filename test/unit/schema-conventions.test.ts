import { buildSchema as schemaOf } from 'graphql';
import { expect, test } from 'vitest';
import { buildSchema } from '../../src/graphql/schema.ts';
import { boundedLists, findBrokenConventions } from '../support/schema-conventions.ts';

test('the schema keeps the conventions', () => {
  expect(findBrokenConventions(buildSchema())).toEqual([]);
});

test('every list that is excused exists', () => {
  const types = buildSchema().getTypeMap();
  const known = Object.values(types).flatMap((type) =>
    'getFields' in type ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : [],
  );
  expect(boundedLists.filter((id) => !known.includes(id))).toEqual([]);
});

/** A schema that keeps every convention; each test breaks one of them. */
const good = `
"What can be asked."
type Query {
  "All things."
  things("How many." first: Int, "After where." after: String, "How many from the end." last: Int, "Before where." before: String): ThingConnection
}
"What can be changed."
type Mutation {
  "Makes a thing."
  makeThing("What is made." input: MakeThingInput!): MakeThingResult
}
"What is made."
input MakeThingInput {
  "How it is called."
  name: String!
}
"A thing or why there is none."
union MakeThingResult = MakeThingPayload | NameTakenError
"A thing was made."
type MakeThingPayload {
  "The thing."
  thing: Thing!
}
"A thing."
type Thing {
  "How it is called."
  name: String!
  "What it is made of."
  stuff: Stuff!
}
"What things are made of."
enum Stuff {
  "Wood."
  WOOD
}
"Why it failed."
interface Error {
  "For people."
  message: String!
}
"The name is taken."
type NameTakenError implements Error {
  "For people."
  message: String!
}
"A page of things."
type ThingConnection {
  "With cursors."
  edges: [Thing!]!
  "Without."
  nodes: [Thing!]!
  "Where the page is."
  pageInfo: Thing!
  "How many there are."
  totalCount: Int!
}
`;

test('a schema that keeps them all is not blamed', () => {
  expect(findBrokenConventions(schemaOf(good))).toEqual([]);
});

test.each<[rule: string, from: string, to: string, blamed: string]>([
  ['a type without a description', '"A thing."', '', 'Thing: the description'],
  ['a field without one', '"The thing."', '', 'MakeThingPayload.thing: the description'],
  ['an argument without one', '"How many."', '', 'Query.things(first): the description'],
  [
    'an input field without one',
    'input MakeThingInput {\n  "How it is called."',
    'input MakeThingInput {',
    'MakeThingInput.name: the description',
  ],
  ['an enum value without one', '"Wood."', '', 'Stuff.WOOD: the description'],
  ['the query type without one', '"What can be asked."', '', 'Query: the description'],
  ['a description that is no sentence', '"A thing."', '"thing"', 'Thing: the description'],
  ['an enum value in lower case', 'WOOD', 'wood', 'Stuff.wood: an enum value'],
  ['a field in snake_case', 'stuff: Stuff', 'raw_stuff: Stuff', 'Thing.raw_stuff: raw_stuff is not camelCase'],
  ['an argument in snake_case', 'first: Int', 'page_size: Int', 'Query.things: page_size is not camelCase'],
  ['a connection without paging', '"After where." after: String, ', '', 'Query.things: a connection takes after'],
  ['a connection without a count', 'totalCount', 'total', 'ThingConnection: a connection has totalCount'],
  ['a root field that is not nullable', '): ThingConnection', '): ThingConnection!', 'Query.things: a root field is nullable'],
  ['a mutation with a second argument', 'input: MakeThingInput!)', 'input: MakeThingInput!, "A." b: Int)', 'it takes one argument'],
  ['a mutation with an optional input', 'input: MakeThingInput!)', 'input: MakeThingInput)', 'it takes one argument'],
  ['a mutation that answers its payload', '): MakeThingResult', '): MakeThingPayload', 'it answers the union MakeThingResult'],
  ['a union with no error', ' | NameTakenError', '', 'its union has no error'],
  ['a shared payload', 'MakeThingPayload | NameTakenError', 'Thing | NameTakenError', 'its union has one payload'],
  ['an error that is not an Error', 'NameTakenError implements Error', 'NameTakenError', 'NameTakenError: an error type'],
  ['a bare list', 'stuff: Stuff!', 'stuff: [Stuff!]!', 'Thing.stuff: a list without pagination'],
  ['an input with another name', 'MakeThingInput', 'MakeThingData', "MakeThingData: an input's name"],
])('%s is refused', (_rule, from, to, blamed) => {
  const bad = good.replaceAll(from, to);
  expect(bad).not.toBe(good);
  expect(findBrokenConventions(schemaOf(bad)).join('\n')).toContain(blamed);
});
