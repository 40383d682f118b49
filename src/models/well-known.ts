import { createHash } from 'node:crypto';
import type { ModelLibrary } from '../formats/checkpoint-facts.ts';
import shipped from './catalog/well-known.json' with { type: 'json' };
import type { Model } from './model.ts';
import { foldName } from './names.ts';

/** One entry of the shipped list of well-known, openly licensed models. Sizes and counts are about right, for people to choose by. */
interface WellKnownModel {
  /** A repository, with `:quantization` behind it where it has several. */
  name: string;
  title: string;
  library: ModelLibrary;
  kind: 'TEXT_EMBEDDING' | 'RERANK' | 'IMAGE_EMBEDDING' | 'IMAGE_CLASSIFICATION' | 'TEXT_GENERATION';
  description: string;
  sizeBytes: number;
  parameterCount: number;
  license: string;
  provider: string;
  foundation: string;
  maxTokens: number | null;
  dimensions?: number;
  quantization?: string;
}

/** When the list was last gone through: such a model has no other date. */
const listedAt = new Date('2026-11-01T00:00:00.000Z');
/** Namespace of the ids below. */
const namespace = Buffer.from('6f2c1d0b7a5e4b0e9d3a8c4f51e7b690', 'hex');

const models: readonly Model[] = (shipped as WellKnownModel[]).map(toModel);
const byId = new Map(models.map((model) => [model.id, model]));
const byName = new Map(models.map((model) => [foldName(model.name), model]));

/** Every well-known model, as an entry without files. Their ids are the same on every server and at every start. */
export function wellKnownModels(): readonly Model[] {
  return models;
}

export function wellKnownModel(reference: { id: string } | { name: string }): Model | null {
  return ('id' in reference ? byId.get(reference.id) : byName.get(foldName(reference.name))) ?? null;
}

function toModel(entry: WellKnownModel): Model {
  const { name, title, library, kind, description, sizeBytes, provider, foundation, ...details } = entry;
  return {
    id: stableId(name),
    name,
    aliases: [],
    library,
    source: { type: 'hub', repository: name, revision: 'main' },
    revision: null,
    description,
    facts: null,
    files: [],
    sizeBytes,
    folder: null,
    custom: false,
    card: { title, type: kind, provider, foundation, details: JSON.stringify(details) },
    settings: {},
    createdAt: listedAt,
  };
}

/** A UUID of version 5 (RFC 9562 §5.5): the same name has the same one. */
function stableId(name: string): string {
  const bytes = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
