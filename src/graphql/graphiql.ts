import type { GraphiQLOptions } from 'graphql-yoga';

const models = `# Every stored model, and whether it is in memory.
query Models {
  models(first: 20) {
    nodes {
      id
      name
      library
      dimensions
      sizeBytes
      runtime { state instances memoryBytes }
    }
    totalCount
  }
}
`;

const load = `# Fetches the model if it is not here, then loads it: one task does both.
mutation Load {
  loadModel(input: { source: { repository: "intfloat/e5-small-v2" }, downloadIfMissing: true }) {
    ... on LoadModelPayload {
      alreadyLoaded
      task { id state }
    }
    ... on Error { code message }
  }
}
`;

const progress = `# Follows a task to its end. Paste the id that loadModel gave.
subscription Progress($id: ID!) {
  taskProgress(id: $id) {
    state
    progress
    bytes { done total perSecond }
    etaSeconds
    steps { name state progress }
    error { code message }
  }
}
`;

const embed = `# Texts in, vectors out, in the same order. BASE64 is the cheap encoding for programs.
query Embed {
  embed(input: { model: "intfloat/e5-small-v2", items: [{ text: "query: how much protein should a female eat" }] }) {
    embeddings { index dimensions tokenCount vector(encoding: FLOAT) }
    usage { inputTokens }
    timing { queueMs inferenceMs totalMs }
  }
}
`;

/** What a browser finds at `/graphql`: tabs with one example each. */
export const graphiqlOptions = {
  title: 'Modelkeep',
  defaultQuery: models,
  defaultTabs: [{ query: models }, { query: load }, { query: progress, variables: '{\n  "id": "Task:…"\n}' }, { query: embed }],
  credentials: 'same-origin' as const,
};

/** The page with all its scripts in it: Yoga's own would fetch them from the internet. Megabytes, so read at first use. */
export async function renderOfflineGraphiql(options: GraphiQLOptions): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  return renderGraphiQL(options);
}
