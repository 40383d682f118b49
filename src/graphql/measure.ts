import { type DocumentNode, type FragmentDefinitionNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

/** How large an operation is, with every fragment counted where it is spread. */
export interface OperationSize {
  /** Levels of fields; introspection (`__schema`, `__type`) does not count. */
  depth: number;
  aliases: number;
  directives: number;
  /** Fields of the outermost selection. */
  rootFields: number;
}

const empty: OperationSize = { depth: 0, aliases: 0, directives: 0, rootFields: 0 };

/**
 * Measures an operation without executing or validating it. Each fragment is measured once, so a document of nested
 * spreads costs no more than its length; a fragment that spreads itself counts as empty there (another rule refuses it).
 */
export function measureOperation(document: DocumentNode, operation: OperationDefinitionNode): OperationSize {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measured = new Map<string, OperationSize>();

  function measureSelections({ selections }: SelectionSetNode): OperationSize {
    return selections.map(measureSelection).reduce(besideEachOther, empty);
  }

  function measureSelection(selection: SelectionSetNode['selections'][number]): OperationSize {
    const directives = selection.directives?.length ?? 0;
    if (selection.kind === Kind.FRAGMENT_SPREAD) return besideEachOther(measureFragment(selection.name.value), { ...empty, directives });
    const inner = selection.selectionSet ? measureSelections(selection.selectionSet) : empty;
    if (selection.kind === Kind.INLINE_FRAGMENT) return besideEachOther(inner, { ...empty, directives });
    const isIntrospection = selection.name.value.startsWith('__');
    return {
      depth: isIntrospection ? 0 : inner.depth + 1,
      aliases: inner.aliases + (selection.alias ? 1 : 0),
      directives: inner.directives + directives,
      rootFields: 1,
    };
  }

  function measureFragment(name: string): OperationSize {
    const known = measured.get(name);
    if (known) return known;
    measured.set(name, empty);
    const fragment = fragments.get(name);
    const size = fragment ? measureSelections(fragment.selectionSet) : empty;
    measured.set(name, size);
    return size;
  }

  const size = measureSelections(operation.selectionSet);
  return { ...size, directives: size.directives + (operation.directives?.length ?? 0) };
}

function besideEachOther(one: OperationSize, other: OperationSize): OperationSize {
  return {
    depth: Math.max(one.depth, other.depth),
    aliases: one.aliases + other.aliases,
    directives: one.directives + other.directives,
    rootFields: one.rootFields + other.rootFields,
  };
}
