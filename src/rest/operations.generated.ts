// Written by codegen.ts from src/rest/operations.graphql: change that file, then run npm run codegen.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedQueryDocumentNode as DocumentNode } from 'graphql';
export type Capability =
  | 'CHAT'
  | 'CLASSIFY_IMAGE'
  | 'EMBED_IMAGE'
  | 'EMBED_TEXT'
  | 'GENERATE_FROM_IMAGE'
  | 'GENERATE_TEXT'
  | 'RERANK';

export type DownloadModelInput = {
  readonly library?: ModelLibrary | null | undefined;
  readonly name?: string | null | undefined;
  readonly source?: HubSourceInput | null | undefined;
  readonly urls?: ReadonlyArray<FileUrlInput> | null | undefined;
};

export type EmbedInput = {
  readonly dimensions?: number | null | undefined;
  readonly items: ReadonlyArray<EmbedItem>;
  readonly model: string;
  readonly normalization?: Normalization | null | undefined;
  readonly prompt?: string | null | undefined;
  readonly promptName?: string | null | undefined;
  readonly truncate?: Truncation | null | undefined;
};

export type EmbedItem =
  {   readonly image: ImageInput; readonly text?: never; }
  |  { readonly image?: never;   readonly text: string; };

export type ErrorCode =
  | 'CANCELED'
  | 'CHECKSUM_MISMATCH'
  | 'FORBIDDEN'
  | 'INPUT_TOO_LONG'
  | 'INSUFFICIENT_DISK'
  | 'INSUFFICIENT_MEMORY'
  | 'INTERNAL'
  | 'INTERRUPTED'
  | 'INVALID_INPUT'
  | 'INVALID_MODEL_FILE'
  | 'MODEL_BUSY'
  | 'MODEL_LOADING'
  | 'MODEL_NOT_FOUND'
  | 'MODEL_NOT_LOADED'
  | 'NAME_TAKEN'
  | 'OVERLOADED'
  | 'RUNNER_CRASHED'
  | 'TASK_NOT_FOUND'
  | 'TIMEOUT'
  | 'UNAUTHENTICATED'
  | 'UNSAFE_URL'
  | 'UNSUPPORTED_CAPABILITY'
  | 'UNSUPPORTED_MODEL'
  | 'UPSTREAM_FAILED'
  | 'UPSTREAM_GATED';

export type FileUrlInput = {
  readonly path: string;
  readonly url: string;
};

export type HeaderInput = {
  readonly name: string;
  readonly value: string;
};

export type HubSourceInput = {
  readonly repository: string;
  readonly revision?: string | null | undefined;
};

export type ImageInput = {
  readonly base64?: string | null | undefined;
  readonly headers?: ReadonlyArray<HeaderInput> | null | undefined;
  readonly url?: string | null | undefined;
};

export type LoadModelInput = {
  readonly downloadIfMissing?: boolean | null | undefined;
  readonly evict?: boolean | null | undefined;
  readonly id?: string | number | null | undefined;
  readonly instances?: number | null | undefined;
  readonly keepAliveSeconds?: number | null | undefined;
  readonly library?: ModelLibrary | null | undefined;
  readonly name?: string | null | undefined;
  readonly pinned?: boolean | null | undefined;
  readonly source?: HubSourceInput | null | undefined;
  readonly threads?: number | null | undefined;
};

export type ModelLibrary =
  | 'LLAMA_CPP'
  | 'OPEN_CLIP'
  | 'SENTENCE_TRANSFORMERS'
  | 'TIMM'
  | 'TRANSFORMERS';

export type Normalization =
  | 'NONE'
  | 'UNIT'
  | 'UNIT_BEFORE_CUT';

export type RuntimeState =
  | 'FAILED'
  | 'LOADING'
  | 'READY'
  | 'UNLOADING';

export type TaskState =
  | 'CANCELED'
  | 'FAILED'
  | 'QUEUED'
  | 'RUNNING'
  | 'SUCCEEDED';

export type Truncation =
  | 'END'
  | 'NONE';

export type IngrainEmbedQueryVariables = Exact<{
  name: string;
  input: EmbedInput;
  embeds: boolean;
}>;


export type IngrainEmbedQuery = { readonly embed?: { readonly embeddings: ReadonlyArray<{ readonly vector: readonly number[] | string }>, readonly timing: { readonly totalMs: number } } | null, readonly model?: { readonly name: string, readonly installed: boolean, readonly capabilities: ReadonlyArray<Capability>, readonly runtime: { readonly state: RuntimeState } | null } | null };

export type IngrainModelQueryVariables = Exact<{
  name: string;
}>;


export type IngrainModelQuery = { readonly model: { readonly dimensions: number | null, readonly labels: ReadonlyArray<string>, readonly name: string, readonly installed: boolean, readonly capabilities: ReadonlyArray<Capability>, readonly runtime: { readonly state: RuntimeState } | null } | null };

export type IngrainLoadedModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type IngrainLoadedModelsQuery = { readonly server: { readonly loadedModels: ReadonlyArray<{ readonly name: string, readonly library: ModelLibrary | null, readonly capabilities: ReadonlyArray<Capability>, readonly runtime: { readonly state: RuntimeState } | null }> } | null };

export type IngrainRepositoryModelsQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type IngrainRepositoryModelsQuery = { readonly models: { readonly nodes: ReadonlyArray<{ readonly name: string, readonly library: ModelLibrary | null, readonly installed: boolean, readonly capabilities: ReadonlyArray<Capability>, readonly runtime: { readonly state: RuntimeState } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null };

export type IngrainLoadLimitQueryVariables = Exact<{ [key: string]: never; }>;


export type IngrainLoadLimitQuery = { readonly server: { readonly limits: { readonly maxLoadedModels: number | null }, readonly loadedModels: ReadonlyArray<{ readonly name: string, readonly aliases: ReadonlyArray<string> }> } | null };

export type IngrainLoadMutationVariables = Exact<{
  input: LoadModelInput;
  timeoutMs: number;
}>;


export type IngrainLoadMutation = { readonly loadModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly alreadyLoaded: boolean, readonly task: { readonly settled: { readonly state: TaskState, readonly error:
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
           | null } | null } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type IngrainDownloadMutationVariables = Exact<{
  input: DownloadModelInput;
  timeoutMs: number;
}>;


export type IngrainDownloadMutation = { readonly downloadModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly task: { readonly settled: { readonly state: TaskState, readonly error:
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
           | null } | null } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type IngrainUnloadMutationVariables = Exact<{
  name: string;
  timeoutMs: number;
}>;


export type IngrainUnloadMutation = { readonly unloadModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly wasLoaded: boolean, readonly task: { readonly settled: { readonly state: TaskState, readonly error:
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
           | null } | null } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type IngrainDeleteMutationVariables = Exact<{
  name: string;
  timeoutMs: number;
}>;


export type IngrainDeleteMutation = { readonly deleteModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly task: { readonly settled: { readonly state: TaskState, readonly error:
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
           | null } | null } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type IngrainModelStateFragment = { readonly name: string, readonly installed: boolean, readonly capabilities: ReadonlyArray<Capability>, readonly runtime: { readonly state: RuntimeState } | null };

export type IngrainTaskEndFragment = { readonly state: TaskState, readonly error:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type IngrainMetricsQueryVariables = Exact<{ [key: string]: never; }>;


export type IngrainMetricsQuery = { readonly server: { readonly version: string, readonly startedAt: string, readonly memory: { readonly budgetBytes: number, readonly usedBytes: number, readonly freeBytes: number }, readonly loadedModels: ReadonlyArray<{ readonly name: string, readonly runtime: { readonly state: RuntimeState, readonly instances: number, readonly memoryBytes: number, readonly queueDepth: number } | null, readonly statistics: { readonly inferenceCount: number, readonly executionCount: number, readonly lastInferenceAt: string | null, readonly success: { readonly count: number, readonly totalNs: number }, readonly failure: { readonly count: number, readonly totalNs: number }, readonly queue: { readonly count: number, readonly totalNs: number }, readonly preprocess: { readonly count: number, readonly totalNs: number }, readonly computeInput: { readonly count: number, readonly totalNs: number }, readonly computeInference: { readonly count: number, readonly totalNs: number }, readonly computeOutput: { readonly count: number, readonly totalNs: number }, readonly batches: ReadonlyArray<{ readonly size: number, readonly computeInput: { readonly count: number, readonly totalNs: number }, readonly computeInference: { readonly count: number, readonly totalNs: number }, readonly computeOutput: { readonly count: number, readonly totalNs: number } }> } | null }> } | null };

export type IngrainDurationFragment = { readonly count: number, readonly totalNs: number };

export const IngrainModelStateFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainModelState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]} as unknown as DocumentNode<IngrainModelStateFragment, unknown>;
export const IngrainTaskEndFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<IngrainTaskEndFragment, unknown>;
export const IngrainDurationFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainDuration"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DurationStatistics"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"totalNs"}}]}}]} as unknown as DocumentNode<IngrainDurationFragment, unknown>;
export const IngrainEmbedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"IngrainEmbed"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"EmbedInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"embeds"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"embed"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"embeds"}}}]}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"embeddings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"vector"}}]}},{"kind":"Field","name":{"kind":"Name","value":"timing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalMs"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"directives":[{"kind":"Directive","name":{"kind":"Name","value":"skip"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"embeds"}}}]}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainModelState"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainModelState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]} as unknown as DocumentNode<IngrainEmbedQuery, IngrainEmbedQueryVariables>;
export const IngrainModelDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"IngrainModel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainModelState"}},{"kind":"Field","name":{"kind":"Name","value":"dimensions"}},{"kind":"Field","name":{"kind":"Name","value":"labels"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainModelState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]} as unknown as DocumentNode<IngrainModelQuery, IngrainModelQueryVariables>;
export const IngrainLoadedModelsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"IngrainLoadedModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"server"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"loadedModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"library"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]}}]}}]} as unknown as DocumentNode<IngrainLoadedModelsQuery, IngrainLoadedModelsQueryVariables>;
export const IngrainRepositoryModelsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"IngrainRepositoryModels"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"models"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"installed"},"value":{"kind":"BooleanValue","value":true}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"library"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainModelState"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainModelState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]} as unknown as DocumentNode<IngrainRepositoryModelsQuery, IngrainRepositoryModelsQueryVariables>;
export const IngrainLoadLimitDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"IngrainLoadLimit"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"server"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"limits"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"maxLoadedModels"}}]}},{"kind":"Field","name":{"kind":"Name","value":"loadedModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"aliases"}}]}}]}}]}}]} as unknown as DocumentNode<IngrainLoadLimitQuery, IngrainLoadLimitQueryVariables>;
export const IngrainLoadDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"IngrainLoad"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LoadModelInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"loadModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"LoadModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"alreadyLoaded"}},{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settled"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"timeoutMs"},"value":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainTaskEnd"}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<IngrainLoadMutation, IngrainLoadMutationVariables>;
export const IngrainDownloadDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"IngrainDownload"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DownloadModelInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"downloadModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DownloadModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settled"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"timeoutMs"},"value":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainTaskEnd"}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<IngrainDownloadMutation, IngrainDownloadMutationVariables>;
export const IngrainUnloadDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"IngrainUnload"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"unloadModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UnloadModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"wasLoaded"}},{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settled"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"timeoutMs"},"value":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainTaskEnd"}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<IngrainUnloadMutation, IngrainUnloadMutationVariables>;
export const IngrainDeleteDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"IngrainDelete"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DeleteModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settled"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"timeoutMs"},"value":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainTaskEnd"}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<IngrainDeleteMutation, IngrainDeleteMutationVariables>;
export const IngrainMetricsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"IngrainMetrics"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"server"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"memory"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"budgetBytes"}},{"kind":"Field","name":{"kind":"Name","value":"usedBytes"}},{"kind":"Field","name":{"kind":"Name","value":"freeBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"loadedModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"instances"}},{"kind":"Field","name":{"kind":"Name","value":"memoryBytes"}},{"kind":"Field","name":{"kind":"Name","value":"queueDepth"}}]}},{"kind":"Field","name":{"kind":"Name","value":"statistics"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"inferenceCount"}},{"kind":"Field","name":{"kind":"Name","value":"executionCount"}},{"kind":"Field","name":{"kind":"Name","value":"lastInferenceAt"}},{"kind":"Field","name":{"kind":"Name","value":"success"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"queue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preprocess"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"computeInput"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"computeInference"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"computeOutput"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"batches"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"computeInput"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"computeInference"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"computeOutput"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}}]}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainDuration"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DurationStatistics"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"totalNs"}}]}}]} as unknown as DocumentNode<IngrainMetricsQuery, IngrainMetricsQueryVariables>;