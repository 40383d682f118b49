import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getVariableValues,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** How many items a list that is bounded by nature is taken to have. */
const assumedListSize = 10;
/** What a connection gives when no size is asked for. */
const defaultPageSize = 20;

/** What a field costs by itself, and how often what is below it is paid. */
interface FieldCost {
  field?: number;
  multiplier?: number;
}

/**
 * What a field costs unless its `complexity` says otherwise: nothing for a leaf, 1 for an object, and what is below a list as
 * often as the list is long. A connection counts its `first` or `last` once, so `edges` and `nodes` do not count again.
 */
export function fieldComplexity(args: Record<string, unknown>, _context: unknown, field: GraphQLField<unknown, never>): FieldCost {
  const type = getNamedType(field.type);
  if (isLeafType(type)) return { field: 0, multiplier: 1 };
  if (type.name.endsWith('Connection')) return { field: 1, multiplier: pageSize(args) };
  const bare = isNonNullType(field.type) ? field.type.ofType : field.type;
  if (!isListType(bare) || field.name === 'edges' || field.name === 'nodes') return { field: 1, multiplier: 1 };
  return { field: 1, multiplier: Array.isArray(args.ids) ? args.ids.length : assumedListSize };
}

export interface ComplexityInput {
  schema: GraphQLSchema;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  variables: Readonly<Record<string, unknown>>;
}

/**
 * The cost of a validated operation with these variables; null where the variables do not fit (executing says so). Pothos' own
 * calculation hands the argument mappers' promises to `complexity`, which hides page sizes, so only its field options are used.
 */
export function measureComplexity({ schema, document, operation, variables }: ComplexityInput): number | null {
  const root = schema.getRootType(operation.operation);
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (!root || coerced.errors) return null;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const costOfFragment = new Map<string, number>();

  function costOfSelections({ selections }: SelectionSetNode, type: GraphQLNamedType): number {
    let cost = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) cost += costOfField(selection, type);
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const name = selection.typeCondition?.name.value;
        cost += costOfSelections(selection.selectionSet, (name === undefined ? undefined : schema.getType(name)) ?? type);
      } else cost += costOfSpread(selection.name.value);
    }
    return cost;
  }

  function costOfSpread(name: string): number {
    const known = costOfFragment.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    const type = fragment && schema.getType(fragment.typeCondition.name.value);
    const cost = type ? costOfSelections(fragment.selectionSet, type) : 0;
    costOfFragment.set(name, cost);
    return cost;
  }

  function costOfField(node: FieldNode, type: GraphQLNamedType): number {
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    if (!field) return 0;
    const option: unknown = field.extensions.complexity;
    const args = typeof option === 'function' ? argumentsOf(field, node) : {};
    const given: unknown = typeof option === 'function' ? option(args, {}, field) : option;
    const { field: own = 1, multiplier = 1 } = typeof given === 'number' ? { field: given } : ((given ?? {}) as FieldCost);
    return own + (node.selectionSet ? multiplier * costOfSelections(node.selectionSet, getNamedType(field.type)) : 0);
  }

  function argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode): Record<string, unknown> {
    try {
      return getArgumentValues(field, node, coerced.variableValues);
    } catch {
      // Executing will refuse these arguments for the same reason, so nothing below the field is ever computed.
      return {};
    }
  }

  return costOfSelections(operation.selectionSet, root);
}

function pageSize({ first, last }: Record<string, unknown>): number {
  if (typeof first === 'number') return Math.max(first, 1);
  if (typeof last === 'number') return Math.max(last, 1);
  return defaultPageSize;
}
