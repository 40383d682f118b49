import type { Generated } from 'kysely';

/** The tables of `state.db`. Times are ISO 8601 in UTC, so that they sort as text; JSON columns hold text. */
export interface Tables {
  models: ModelsTable;
  model_names: ModelNamesTable;
  tasks: TasksTable;
  state_facts: StateFactsTable;
  conversations: ConversationsTable;
}

/** What was said with a model so far. */
export interface ConversationsTable {
  model_id: string;
  system: string | null;
  /** JSON `ConversationMessage[]`. */
  messages: string;
  updated_at: string;
}

/** Facts about the state as a whole, by name. */
export interface StateFactsTable {
  /** `catalogued`: the folders on disk were taken into `models` once; without it, `models` may miss some. */
  name: string;
  value: string;
}

/** One stored or registered model. */
export interface ModelsTable {
  /** UUID, lower case. */
  id: string;
  /** The name as upstream writes it, e.g. `intfloat/e5-small-v2`. */
  name: string;
  /** `SENTENCE_TRANSFORMERS`, …; null while unknown (registered, nothing fetched yet). */
  library: string | null;
  /** JSON `ModelSource`: where the files came from. */
  source: string;
  /** The commit that the files were pinned to; null for what has none. */
  revision: string | null;
  description: string | null;
  /** JSON `CheckpointFacts`; null while nothing is installed. */
  facts: string | null;
  /** JSON `ModelFile[]`. */
  files: string;
  size_bytes: number;
  /** Name of the folder below `models/`; null while nothing is installed. */
  folder: string | null;
  /** 1 for an entry that a client made itself. */
  custom: number;
  /** JSON `ModelCard`. */
  card: string;
  /** JSON `ModelSettings`. */
  settings: string;
  created_at: string;
  /** Row order of lists: newest last, never reused. */
  position: Generated<number>;
}

/** Every name and alias, folded for look-up; the primary key makes a name unique over all models. */
export interface ModelNamesTable {
  /** The name, lower case. */
  folded_name: string;
  /** The name as written. */
  name: string;
  model_id: string;
  /** 1 for an alias, 0 for the model's own name. */
  alias: number;
}

/** One task and its journal of steps. */
export interface TasksTable {
  id: string;
  kind: string;
  state: string;
  model_id: string | null;
  /** Equal for requests that ask for the same work; unique among tasks that are not terminal. */
  work_key: string | null;
  /** JSON input of the task kind. */
  input: string;
  /** JSON `TaskStepRecord[]`. */
  steps: string;
  /** JSON object that the steps keep between attempts and restarts. */
  journal: string;
  /** JSON `WireError`; null unless failed. */
  error: string | null;
  /** `NONE`: what unfinished steps left is kept, a retry goes on with it. `PENDING`: it has to be removed. `DONE`: it was. */
  clean_up: 'NONE' | 'PENDING' | 'DONE';
  attempt: number;
  /** How often it went on by itself after a restart. */
  resumptions: number;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  position: Generated<number>;
}
