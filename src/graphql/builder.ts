import SchemaBuilder, { brandWithType } from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import ValidationPlugin from '@pothos/plugin-validation';
import { InvalidInputError } from '../errors.ts';
import { fieldComplexity } from './complexity.ts';
import type { Context, Loaders } from './context.ts';
import { decodeId, encodeId, type NodeTypeName } from './global-id.ts';

interface SchemaTypes {
  Context: Context;
  DefaultFieldNullability: false;
  /** What every page of a list has besides Relay's fields. */
  Connection: { totalCount: number };
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    SafeInt: { Input: number; Output: number };
    JSONObject: { Input: Record<string, unknown>; Output: Record<string, unknown> };
    /** A file of the request: multipart over HTTP, or given by a door of this process. */
    Upload: { Input: File; Output: never };
    /** Numbers, or bytes as base64: printed as given. */
    Vector: { Input: never; Output: readonly number[] | string };
  };
}

/**
 * The one schema builder. A mutation is `builder.mutationField('loadModel', (t) => t.field({ type: LoadModelPayload, nullable: true,
 * errors: { types: [...] }, args: { input: t.arg({ type: LoadModelInput, required: true, … }) } }))`: its union is named
 * `LoadModelResult` by itself. Root fields are nullable, other fields are not unless they say so.
 */
export const builder = new SchemaBuilder<SchemaTypes>({
  // Relay before errors: a plugin wraps what those after it made.
  plugins: [RelayPlugin, ErrorsPlugin, ValidationPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  relay: {
    encodeGlobalID: encodeId,
    decodeGlobalID: (globalId) => decodeId(globalId),
    idFieldOptions: { description: 'Global id; the bare UUID after the colon is taken as well.' },
    cursorType: 'String',
    nodeTypeOptions: { description: 'Something with an id that can be asked for again with `node`.' },
    pageInfoTypeOptions: { description: 'Where a page of a list stands within the list.' },
    nodeQueryOptions: {
      description: 'A model or task by its id; null where there is none.',
      args: { id: { description: 'Global id such as `Model:<uuid>`, or the bare UUID.' } },
      resolve: (_parent, { id }, { loaders }) => findNode(id, loaders),
    },
    nodesQueryOptions: {
      description: 'Models and tasks by their ids, in the order asked for; null where there is none.',
      nullable: { list: true, items: true },
      args: { ids: { description: 'Global ids such as `Model:<uuid>`, or bare UUIDs; at most 100.' } },
      resolve: (_parent, { ids }, { loaders }) => {
        if (ids.length > 100) throw new InvalidInputError({ field: 'ids', message: `must be at most 100 ids, not ${ids.length}.` });
        return Promise.all(ids.map((id) => findNode(id, loaders)));
      },
    },
    hasNextPageFieldOptions: { description: 'Whether there is more after this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether there is more before this page.' },
    startCursorFieldOptions: { description: 'Cursor of the first item of this page; null where it is empty.' },
    endCursorFieldOptions: { description: 'Cursor of the last item of this page; null where it is empty.' },
    firstArgOptions: { description: 'How many items from the front, at most 100; default 20.' },
    afterArgOptions: { description: 'Cursor after which the page begins.' },
    lastArgOptions: { description: 'How many items from the end, at most 100.' },
    beforeArgOptions: { description: 'Cursor before which the page ends.' },
    edgesFieldOptions: { description: 'The items with their cursors.', nullable: { list: false, items: false } },
    pageInfoFieldOptions: { description: 'Where this page stands within the list.' },
    cursorFieldOptions: { description: 'Cursor of this item, for `after` and `before`.' },
    nodeFieldOptions: { description: 'The item.', nullable: false },
    nodesOnConnection: { description: 'The items alone.' },
  },
  errors: {
    directResult: true,
    // A refused input is a member of the mutation's union like any other failure.
    unsafelyHandleInputErrors: true,
    defaultUnionOptions: {
      name: ({ fieldName }) => `${capitalise(fieldName)}Result`,
      description: 'What came of it: the payload, or one of the failures that can be expected.',
    },
    defaultResultOptions: { name: ({ fieldName }) => `${capitalise(fieldName)}Payload` },
  },
  validation: {
    validationError: ({ issues }) => {
      const [issue] = issues;
      return new InvalidInputError({ field: pathOf(issue?.path), message: issue?.message ?? 'is not valid.' });
    },
  },
  complexity: { fieldComplexity, disabled: true },
});

builder.queryType({ description: 'What can be asked. Nothing here changes the server.' });
builder.mutationType({ description: 'What can be done. Each answers a payload, or one of its typed errors.' });
builder.subscriptionType({ description: 'What can be followed. Each sends the present state first, then changes.' });

builder.globalConnectionField('totalCount', (t) => t.exposeInt('totalCount', { description: 'How many items the whole list has.' }));

/** What an id names; a bare UUID may be a model's or a task's. The plugin's own look-up needs the type in the id. */
async function findNode({ typename, id }: { typename: string; id: string }, { model, task }: Loaders): Promise<object | null> {
  const foundModel = typename === 'Task' ? null : await model.load(id);
  if (foundModel) return branded(foundModel, 'Model');
  const foundTask = typename === 'Model' ? null : await task.load(id);
  return foundTask && branded(foundTask, 'Task');
}

/** Tells the interface `Node` which of its types a value is; the types are made in files that import this one. */
function branded<T extends object>(value: T, typename: NodeTypeName): T {
  brandWithType(value, typename as never);
  return value;
}

function capitalise(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function pathOf(path: readonly (PropertyKey | { key: PropertyKey })[] | undefined): string {
  const keys = (path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
  return keys.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}${text ? '.' : ''}${String(key)}`), '');
}
