interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** The nodes of a whole connection, page after page; `read` gets one from behind a cursor, null where there is no list. */
export async function allNodes<Node>(read: (after: string | null) => Promise<Page<Node> | null>): Promise<Node[]> {
  const nodes: Node[] = [];
  for (let after: string | null | undefined = null; after !== undefined; ) {
    const page: Page<Node> | null = await read(after);
    nodes.push(...(page?.nodes ?? []));
    after = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : undefined;
  }
  return nodes;
}
