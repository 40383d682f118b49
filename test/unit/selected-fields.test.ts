import { buildSchema, graphql } from 'graphql';
import { expect, test } from 'vitest';
import { selects } from '../../src/graphql/selected-fields.ts';

const paths = [['list'], ['list', 'a'], ['list', 'b'], ['list', 'b', 'deep']];

/** Which of the paths a query's `root` selects. */
async function selected(source: string, variableValues: Record<string, unknown> = {}): Promise<string[]> {
  const schema = buildSchema('type Query { root: Root } type Root { list: [Item] } type Item { a: Int b: Item deep: Int }');
  let found: string[] = [];
  const root = schema.getQueryType()?.getFields().root;
  if (!root) throw new Error('The schema has no root.');
  root.resolve = (_source, _args, _context, info) => {
    found = paths.filter((path) => selects(info, path)).map((path) => path.join('.'));
    return null;
  };
  const { errors } = await graphql({ schema, source, variableValues });
  expect(errors).toBeUndefined();
  return found;
}

test('a field that is selected is found, and no other', async () => {
  expect(await selected('{ root { list { a } } }')).toEqual(['list', 'list.a']);
  expect(await selected('{ root { list { b { deep } } } }')).toEqual(['list', 'list.b', 'list.b.deep']);
  expect(await selected('{ root { __typename } }')).toEqual([]);
});

test('an alias hides nothing, and makes nothing', async () => {
  expect(await selected('{ root { a: list { b: a } } }')).toEqual(['list', 'list.a']);
});

test('fragments are opened, however deep', async () => {
  const fragments = 'fragment F on Root { list { ...G } } fragment G on Item { ... on Item { b { ...H } } } fragment H on Item { deep }';
  expect(await selected(`{ root { ...F } } ${fragments}`)).toEqual(['list', 'list.b', 'list.b.deep']);
});

test('a field that is selected twice counts as both together', async () => {
  expect(await selected('{ root { list { a } } root { list { b { a } } } }')).toEqual(['list', 'list.a', 'list.b']);
});

test('what @skip and @include leave out is not selected', async () => {
  const source = `query ($yes: Boolean!, $no: Boolean!) {
    root { list { a @skip(if: $yes) b @include(if: $yes) { deep @include(if: $no) } ... @include(if: $no) { a } } ...F @skip(if: $yes) }
  } fragment F on Root { list { a } }`;
  expect(await selected(source, { yes: true, no: false })).toEqual(['list', 'list.b']);
  expect(await selected(source, { yes: false, no: true })).toEqual(['list', 'list.a']);
});
