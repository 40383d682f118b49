import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';

/** Lists that are bounded by nature, so that they need no connection: `Type.field`. */
export const boundedLists = [
  'DownloadPlan.files',
  'DownloadPlan.quantizations',
  'Conversation.messages',
  'ModelParameters.stop',
  'ModelSettings.messages',
  'Classification.labels',
  'ClassifyResult.classifications',
  'EmbedResult.embeddings',
  'TokenLogprob.top',
  'TextDelta.logprobs',
  'Generation.toolCalls',
  'Generation.logprobs',
  'LoadPlan.evictions',
  'Model.aliases',
  'Model.capabilities',
  'Model.files',
  'ModelSource.urls',
  'Model.labels',
  'Model.outputs',
  'Model.prompts',
  'ModelNotFoundError.suggestions',
  'ModelStatistics.batches',
  'Query.nodes',
  'Query.wellKnownModels',
  'RankedDocument.logits',
  'RankedDocument.scores',
  'RerankResult.results',
  'Server.loadedModels',
  'SimilarityResult.scores',
  'SparseVector.indices',
  'SparseVector.tokens',
  'Task.modelNames',
  'Task.steps',
  'TokenVectors.tokenIds',
  'TokenVectors.vectors',
  'TokenizeResult.items',
  'TokenizedText.ids',
  'TokenizedText.tokens',
  'UnsupportedCapabilityError.has',
];

/** What breaks the conventions of this schema, one line each. */
export function findBrokenConventions(schema: GraphQLSchema): string[] {
  const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type));
  return [...types.flatMap(missingDescriptions), ...types.flatMap(wrongNames), ...types.flatMap(wrongShapes), ...rootFields(schema)].sort();
}

function missingDescriptions(type: GraphQLNamedType): string[] {
  const described: [name: string, description: string | null | undefined][] = [[type.name, type.description]];
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      described.push([`${type.name}.${field.name}`, field.description]);
      for (const argument of field.args) described.push([`${type.name}.${field.name}(${argument.name})`, argument.description]);
    }
  }
  if (isInputObjectType(type))
    for (const field of Object.values(type.getFields())) described.push([`${type.name}.${field.name}`, field.description]);
  if (isEnumType(type)) for (const value of type.getValues()) described.push([`${type.name}.${value.name}`, value.description]);
  // A sentence ends with a full stop; it may start with the name of a library, which is written small.
  return described
    .filter(([, description]) => !/^\S.*\.$/su.test(description ?? ''))
    .map(([name, description]) => `${name}: the description is not a sentence: ${JSON.stringify(description ?? null)}`);
}

function wrongNames(type: GraphQLNamedType): string[] {
  const problems: string[] = [];
  if (!/^[A-Z][A-Za-z0-9]*$/.test(type.name)) problems.push(`${type.name}: a type's name is PascalCase`);
  if (isEnumType(type)) {
    for (const { name } of type.getValues()) {
      if (!/^[A-Z][A-Z0-9_]*$/.test(name)) problems.push(`${type.name}.${name}: an enum value is UPPER_CASE`);
    }
  }
  if (isInputObjectType(type) && !/(Input|Item|Filter)$/.test(type.name))
    problems.push(`${type.name}: an input's name ends in Input, Item or Filter`);
  if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      const names = [field.name, ...('args' in field ? (field as GraphQLField<unknown, unknown>).args.map(({ name }) => name) : [])];
      for (const name of names) {
        if (!/^[a-z][A-Za-z0-9]*$/.test(name)) problems.push(`${type.name}.${field.name}: ${name} is not camelCase`);
      }
    }
  }
  return problems;
}

function wrongShapes(type: GraphQLNamedType): string[] {
  if (!isObjectType(type)) return [];
  const problems: string[] = [];
  const fields = type.getFields();
  if (type.name.endsWith('Connection')) {
    for (const name of ['edges', 'nodes', 'pageInfo', 'totalCount'])
      if (!fields[name]) problems.push(`${type.name}: a connection has ${name}`);
    return problems;
  }
  if (type.name.endsWith('Error') && !type.getInterfaces().some(({ name }) => name === 'Error'))
    problems.push(`${type.name}: an error type implements Error`);
  for (const field of Object.values(fields)) {
    const id = `${type.name}.${field.name}`;
    const bare = isNonNullType(field.type) ? field.type.ofType : field.type;
    if (isListType(bare) && !boundedLists.includes(id)) problems.push(`${id}: a list without pagination that is not known to be bounded`);
    if (getNamedType(field.type).name.endsWith('Connection')) {
      const names = field.args.map(({ name }) => name);
      for (const name of ['first', 'after', 'last', 'before'])
        if (!names.includes(name)) problems.push(`${id}: a connection takes ${name}`);
    }
  }
  return problems;
}

function rootFields(schema: GraphQLSchema): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter((type) => type != null);
  const nonNull = roots.flatMap((root) =>
    Object.values(root.getFields())
      // Relay writes nodes as a list that is always there: it has its nulls inside.
      .filter((field) => isNonNullType(field.type) && field.name !== 'nodes')
      .map((field) => `${root.name}.${field.name}: a root field is nullable`),
  );
  return [...nonNull, ...mutations(schema.getMutationType())];
}

function mutations(mutation: GraphQLObjectType | null | undefined): string[] {
  return Object.values(mutation?.getFields() ?? {}).flatMap(({ name, args, type }) => {
    const problems: string[] = [];
    const noun = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const [input] = args;
    if (args.length !== 1 || input?.name !== 'input' || String(input.type) !== `${noun}Input!`)
      problems.push(`Mutation.${name}: it takes one argument, input: ${noun}Input!`);
    const result = getNamedType(type);
    if (result.name !== `${noun}Result` || !isUnionType(result))
      return [...problems, `Mutation.${name}: it answers the union ${noun}Result`];
    const [payloads, errors] = [
      result.getTypes().filter((member) => !member.name.endsWith('Error')),
      result.getTypes().filter((member) => member.name.endsWith('Error')),
    ];
    if (payloads.length !== 1 || payloads[0]?.name !== `${noun}Payload`)
      problems.push(`Mutation.${name}: its union has one payload, ${noun}Payload`);
    if (errors.length === 0) problems.push(`Mutation.${name}: its union has no error`);
    return problems;
  });
}
