import type { Capability, CheckpointFacts, ModelLibrary, Precision } from '../formats/checkpoint-facts.ts';
import type { ModelSettings } from './model-settings.ts';

// A model's vocabulary, for those above who may not see the formats.
export { capabilities, embeddingOutputs, modelLibraries, precisions, similarityFunctions } from '../formats/checkpoint-facts.ts';
export type { Page, PageOf } from '../storage/page.ts';
export type { Capability, CheckpointFacts, ModelLibrary, ModelSettings, Precision };

/** A stored or registered model: plain data, never changed in place. */
export interface Model {
  id: string;
  /** As upstream writes it; unique without regard to case, also among aliases. */
  name: string;
  aliases: string[];
  library: ModelLibrary | null;
  source: ModelSource;
  /** Commit that the files are pinned to; null for what has none. */
  revision: string | null;
  description: string | null;
  /** Known once installed. */
  facts: CheckpointFacts | null;
  files: ModelFile[];
  /** Sum of the files' sizes. */
  sizeBytes: number;
  /** Name of its folder below `models/`; null while nothing is installed. */
  folder: string | null;
  /** Whether a client made the entry itself. */
  custom: boolean;
  card: ModelCard;
  /** What it does unless a request says otherwise. */
  settings: ModelSettings;
  createdAt: Date;
}

/** Where a model's files came from. */
export type ModelSource =
  | { type: 'hub'; repository: string; revision: string }
  | { type: 'urls'; urls: Record<string, string> }
  | { type: 'folder' }
  /** A file that a client sent. */
  | { type: 'upload'; fileName: string | null }
  /** Made here from another model. */
  | { type: 'created'; from: string }
  | { type: 'none' };

/** One file of an installed model. */
export interface ModelFile {
  /** Path inside the model's folder, `/` between its parts. */
  path: string;
  sizeBytes: number;
  /** sha256 of its content, 64 hex digits. */
  sha256: string;
}

/** Free facts that a client stored with a model. */
export interface ModelCard {
  type?: string;
  usage?: string;
  provider?: string;
  foundation?: string;
  unique?: string;
  description?: string;
  /** A name for people: a model's own name has no spaces. */
  title?: string;
  /** Further facts as the client wrote them: the text of a JSON object. */
  details?: string;
  score?: ModelScore;
}

/** How often what was done with a model, as clients told. */
export const modelUses = ['REUSE', 'UPDATE', 'REFERENCE', 'PRIORITY', 'SEARCHED'] as const;
export type ModelUse = (typeof modelUses)[number];
export type ModelScore = Partial<Record<ModelUse, number>>;

export interface ModelFilter {
  installed?: boolean;
  library?: ModelLibrary;
  capability?: Capability;
  /** Part of the name, without regard to case. */
  nameContains?: string;
}

/** What is written beside a model's files as `manifest.json`; the database can be rebuilt from these. */
export interface Manifest {
  version: 1;
  id: string;
  name: string;
  aliases: string[];
  source: ModelSource;
  revision: string | null;
  /** What a client wrote about it; null where the facts' own description stands. */
  description: string | null;
  facts: CheckpointFacts;
  files: ModelFile[];
  custom: boolean;
  card: ModelCard;
  /** Missing in manifests of earlier versions. */
  settings?: ModelSettings;
  createdAt: string;
  /** When this folder became the model's; of two folders of one model the later counts. */
  installedAt: string;
}
