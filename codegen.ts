/**
 * `node codegen.ts` prints the schema to `schema.graphql` and types every `.graphql` document below `src` and `test` into a
 * `.generated.ts` beside it. `node codegen.ts --check` writes nothing and fails with one line when a file would change.
 */
import { glob, readFile, writeFile } from 'node:fs/promises';
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { buildASTSchema, type DocumentNode, lexicographicSortSchema, parse, printSchema } from 'graphql';
import { buildSchema } from './src/graphql/schema.ts';

const pluginMap = { typescriptOperations, typedDocumentNode };
const plugins = [
  {
    typescriptOperations: {
      enumType: 'string-literal',
      immutableTypes: true,
      skipTypename: true,
      useTypeImports: true,
      // A list given as variables is a list: a lone value would be coerced by GraphQL, but our callers never send one.
      arrayInputCoercion: false,
      scalars: {
        DateTime: { input: 'Date | string', output: 'Date | string' },
        SafeInt: 'number',
        Vector: 'readonly number[] | string',
        JSONObject: 'Record<string, unknown>',
      },
    },
  },
  { typedDocumentNode: { useTypeImports: true, optimizeDocumentNode: true } },
];

/** TypeScript for the operations of one `.graphql` file. */
async function typeDocuments(schema: DocumentNode, path: string): Promise<string> {
  const typed = await codegen({
    schema,
    // Built from the text again: the code generator does not see the defaults of a schema that was built in code.
    schemaAst: buildASTSchema(schema),
    documents: [{ location: path, document: parse(await readFile(path, 'utf8')) }],
    filename: path.replace(/\.graphql$/, '.generated.ts'),
    plugins,
    pluginMap,
    config: {},
  });
  // graphql's own type says the same as that package's, which is no dependency of ours.
  const imported = typed.replace(
    /import type .*'@graphql-typed-document-node\/core';/,
    `import type { TypedQueryDocumentNode as DocumentNode } from 'graphql';`,
  );
  return `// Written by codegen.ts from ${path}: change that file, then run npm run codegen.\n${imported}`;
}

/** Every file that this script owns, with the text it should have. */
async function generate(): Promise<Map<string, string>> {
  const printed = `${printSchema(lexicographicSortSchema(buildSchema()))}\n`;
  const texts = new Map([['schema.graphql', printed]]);
  for (const path of (await Array.fromAsync(glob('{src,test}/**/*.graphql'))).sort()) {
    texts.set(path.replace(/\.graphql$/, '.generated.ts'), await typeDocuments(parse(printed), path));
  }
  return texts;
}

for (const [path, text] of await generate()) {
  const current = await readFile(path, 'utf8').catch(() => null);
  if (current === text) continue;
  if (process.argv.includes('--check')) {
    process.stderr.write(`${path} is not what the schema and the documents give: run npm run codegen and commit it.\n`);
    process.exitCode = 1;
    break;
  }
  await writeFile(path, text);
}
