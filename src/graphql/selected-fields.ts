import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  Kind,
  type SelectionNode,
} from 'graphql';

/**
 * Whether a field's selection leads to `path` below it, by the fields' own names: through fragments and under any alias, and not
 * through what `@skip` or `@include` leaves out. A resolver asks so that nothing is computed that nobody reads.
 */
export function selects(info: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'variableValues'>, path: readonly string[]): boolean {
  function isTaken(node: SelectionNode): boolean {
    if (getDirectiveValues(GraphQLSkipDirective, node, info.variableValues)?.if === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, node, info.variableValues)?.if !== false;
  }

  /** The fields right below, fragments opened. Validation sees to it that no fragment contains itself. */
  function fieldsOf(selections: readonly SelectionNode[]): FieldNode[] {
    return selections.filter(isTaken).flatMap((node) => {
      if (node.kind === Kind.FIELD) return [node];
      if (node.kind === Kind.INLINE_FRAGMENT) return fieldsOf(node.selectionSet.selections);
      return fieldsOf(info.fragments[node.name.value]?.selectionSet.selections ?? []);
    });
  }

  let nodes: readonly FieldNode[] = info.fieldNodes;
  for (const name of path) {
    nodes = nodes.flatMap(({ selectionSet }) => fieldsOf(selectionSet?.selections ?? [])).filter((node) => node.name.value === name);
  }
  return nodes.length > 0;
}
