import { InvalidInputError } from '../../errors.ts';
import { capabilitiesOf } from '../../models/capabilities-of.ts';
import type { Model, ModelFile, ModelScore, ModelSource } from '../../models/model.ts';
import { builder } from '../builder.ts';
import type { Services } from '../context.ts';
import { parseId } from '../global-id.ts';
import { CapabilityEnum, EmbeddingOutputEnum, ModelLibraryEnum, ModelSourceKindEnum } from './enums.ts';

/** A stored or registered model. Later files add the fields that lead to other nouns. */
export const ModelRef = builder.objectRef<Model>('Model');

builder.node(ModelRef, {
  description: 'A model that this server keeps: its files, its facts, whether it is in memory.',
  id: { resolve: (model) => model.id, description: 'Global id, `Model:<uuid>`.' },
  loadMany: (ids: string[], { loaders }) => ids.map((id) => loaders.model.load(id)),
  fields: (t) => ({
    uuid: t.exposeID('id', { description: 'The bare UUID.' }),
    name: t.exposeString('name', { description: 'The name as upstream writes it; unique here without regard to case.' }),
    aliases: t.exposeStringList('aliases', { description: 'Other names that it answers to.' }),
    library: t.expose('library', {
      type: ModelLibraryEnum,
      nullable: true,
      description: 'The upstream library; null until its files are here.',
    }),
    source: t.field({ type: ModelSourceRef, description: 'Where its files came from.', resolve: (model) => model.source }),
    revision: t.exposeString('revision', {
      nullable: true,
      description: 'The commit that its files are pinned to; null for what has none.',
    }),
    description: t.string({
      nullable: true,
      description: 'What it is, in a sentence or two.',
      resolve: (model) => model.description ?? model.facts?.description ?? null,
    }),
    capabilities: t.field({
      type: [CapabilityEnum],
      description: 'What it can be asked to do; empty until its files are here.',
      resolve: capabilitiesOf,
    }),
    architecture: t.string({
      nullable: true,
      description: 'Its architecture, e.g. `BertModel`.',
      resolve: (model) => model.facts?.architecture ?? null,
    }),
    parameterCount: t.field({
      type: 'SafeInt',
      nullable: true,
      description: 'Number of weights.',
      resolve: (model) => model.facts?.parameterCount ?? null,
    }),
    quantization: t.string({
      nullable: true,
      description: 'Storage type of most weights, e.g. `F32`.',
      resolve: (model) => model.facts?.quantization ?? null,
    }),
    license: t.string({
      nullable: true,
      description: 'Its licence as its files name it, e.g. `apache-2.0`; null where they do not.',
      resolve: (model) => model.facts?.license ?? null,
    }),
    hasChatTemplate: t.boolean({
      description: 'Whether it brings a template for conversations.',
      resolve: (model) => model.facts?.hasChatTemplate ?? false,
    }),
    dimensions: t.int({
      nullable: true,
      description: 'Width of its dense vectors; null where it makes none.',
      resolve: (model) => model.facts?.dimensions ?? null,
    }),
    outputs: t.field({
      type: [EmbeddingOutputEnum],
      description: 'What `embed` can give of a text; empty for a model that embeds none, and until its files are here.',
      resolve: ({ facts }) => (facts?.capabilities.includes('EMBED_TEXT') ? (facts.outputs ?? ['DENSE' as const]) : []),
    }),
    sparseDimensions: t.int({
      nullable: true,
      description: 'Width of its sparse vectors, the number of tokens that it knows; null where it makes none.',
      resolve: (model) => model.facts?.sparseDimensions ?? null,
    }),
    tokenDimensions: t.int({
      nullable: true,
      description: 'Width of its token vectors; null where it gives none.',
      resolve: (model) => model.facts?.tokenDimensions ?? null,
    }),
    maxTokens: t.int({
      nullable: true,
      description: 'Most tokens of one input, special tokens included.',
      resolve: (model) => model.facts?.maxTokens ?? null,
    }),
    contextLength: t.int({
      nullable: true,
      description: 'Length of its context in tokens; for an encoder the same as `maxTokens`.',
      resolve: (model) => model.facts?.maxTokens ?? null,
    }),
    labels: t.stringList({
      description: 'Class names in output order; empty where it does not classify.',
      resolve: (model) => model.facts?.labels ?? [],
    }),
    prompts: t.field({
      type: [PromptRef],
      description: 'Texts that `promptName` can put in front of every item.',
      resolve: (model) => Object.entries(model.facts?.prompts ?? {}).map(([name, text]) => ({ name, text })),
    }),
    defaultPromptName: t.string({
      nullable: true,
      description: 'The prompt that is used when a request names none.',
      resolve: (model) => model.facts?.defaultPromptName ?? null,
    }),
    sizeBytes: t.expose('sizeBytes', {
      type: 'SafeInt',
      description: 'Size of its files, in bytes; of a well-known model without files about what they will have.',
    }),
    files: t.field({ type: [ModelFileRef], description: 'Its files.', resolve: (model) => model.files }),
    custom: t.exposeBoolean('custom', { description: 'Whether a client made the entry itself.' }),
    installed: t.boolean({ description: 'Whether its files are here, whole and verified.', resolve: (model) => model.folder !== null }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the entry was made.' }),
    card: t.field({ type: ModelCardRef, description: 'Free facts that a client stored with it.', resolve: (model) => model.card }),
  }),
});

const ModelSourceRef = builder.objectRef<ModelSource>('ModelSource').implement({
  description: "Where a model's files came from.",
  fields: (t) => ({
    kind: t.field({ type: ModelSourceKindEnum, description: 'What kind of place.', resolve: ({ type }) => sourceKinds[type] }),
    repository: t.string({
      nullable: true,
      description: "The hub's repository.",
      resolve: (source) => (source.type === 'hub' ? source.repository : null),
    }),
    revision: t.string({
      nullable: true,
      description: 'The branch, tag or commit that was asked for.',
      resolve: (source) => (source.type === 'hub' ? source.revision : null),
    }),
    urls: t.field({
      type: [FileAddressRef],
      description: 'The addresses of its files, without queries and credentials; empty for any other kind of place.',
      resolve: (source) => (source.type === 'urls' ? Object.entries(source.urls).map(([path, url]) => ({ path, url })) : []),
    }),
    from: t.string({
      nullable: true,
      description: 'The model that it was made from.',
      resolve: (source) => (source.type === 'created' ? source.from : null),
    }),
  }),
});

const sourceKinds = { hub: 'HUB', urls: 'URLS', folder: 'FOLDER', upload: 'UPLOAD', created: 'CREATED', none: 'NONE' } as const;

const FileAddressRef = builder.objectRef<{ path: string; url: string }>('FileAddress').implement({
  description: 'Where one file of a model came from.',
  fields: (t) => ({
    path: t.exposeString('path', { description: "The file's path inside the model's folder." }),
    url: t.exposeString('url', { description: 'Its address.' }),
  }),
});

const PromptRef = builder.objectRef<{ name: string; text: string }>('Prompt').implement({
  description: 'A named text that goes in front of every item.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, for `promptName`.' }),
    text: t.exposeString('text', { description: 'What is put in front.' }),
  }),
});

const ModelFileRef = builder.objectRef<ModelFile>('ModelFile').implement({
  description: 'One file of a model.',
  fields: (t) => ({
    path: t.exposeString('path', { description: "Its path inside the model's folder." }),
    sizeBytes: t.expose('sizeBytes', { type: 'SafeInt', description: 'Its size, in bytes.' }),
    sha256: t.exposeString('sha256', { description: 'SHA-256 of its content, 64 hex digits.' }),
  }),
});

const ModelCardRef = builder.objectRef<Model['card']>('ModelCard').implement({
  description: 'Free facts that a client stored with a model.',
  fields: (t) => ({
    type: t.string({ nullable: true, description: "What kind of model, in the client's words.", resolve: (card) => card.type ?? null }),
    usage: t.string({ nullable: true, description: 'What it is for.', resolve: (card) => card.usage ?? null }),
    provider: t.string({ nullable: true, description: 'Who made it.', resolve: (card) => card.provider ?? null }),
    foundation: t.string({ nullable: true, description: 'The model that it is made from.', resolve: (card) => card.foundation ?? null }),
    unique: t.string({ nullable: true, description: "The client's own key for it.", resolve: (card) => card.unique ?? null }),
    description: t.string({ nullable: true, description: "The client's own description.", resolve: (card) => card.description ?? null }),
    title: t.string({ nullable: true, description: 'A name for people.', resolve: (card) => card.title ?? null }),
    details: t.string({
      nullable: true,
      description: 'Further facts as they were stored: the text of a JSON object.',
      resolve: (card) => card.details ?? null,
    }),
    score: t.field({
      type: ModelScoreRef,
      description: 'How often what was done with it, as clients told.',
      resolve: (card) => card.score ?? {},
    }),
  }),
});

const ModelScoreRef = builder.objectRef<ModelScore>('ModelScore').implement({
  description: 'How often what was done with a model, as clients told with `scoreModel`.',
  fields: (t) => ({
    reuse: t.int({ description: 'How often it was used again.', resolve: ({ REUSE = 0 }) => REUSE }),
    update: t.int({ description: 'How often it was changed.', resolve: ({ UPDATE = 0 }) => UPDATE }),
    reference: t.int({ description: 'How often it was referred to.', resolve: ({ REFERENCE = 0 }) => REFERENCE }),
    priority: t.int({ description: 'How often it was preferred.', resolve: ({ PRIORITY = 0 }) => PRIORITY }),
    searched: t.int({ description: 'How often it was searched for.', resolve: ({ SEARCHED = 0 }) => SEARCHED }),
  }),
});

builder.queryField('model', (t) =>
  t.field({
    type: ModelRef,
    nullable: true,
    description: 'One model, by name or alias, or by id; null when there is none.',
    args: {
      name: t.arg.string({ description: 'Name or alias. Give one of `name` and `id`.' }),
      id: t.arg.id({ description: 'Global id or bare UUID.' }),
    },
    resolve: (_, args, { services }) => findModel(services, modelReference(args)),
  }),
);

/** The model, or null where there is none. Throws INVALID_INPUT unless exactly one of the two is given. */
async function findModel({ catalogue }: Services, { name, id }: ReturnType<typeof modelReference>): Promise<Model | null> {
  if ((name === undefined) === (id === undefined)) {
    throw new InvalidInputError({
      field: 'name',
      message: `expected exactly one of name and id, got ${name === undefined ? 'neither' : 'both'}.`,
    });
  }
  return name === undefined ? catalogue.get(id ?? '') : catalogue.find(name);
}

/** A client's reference to a model in the catalogue's terms. */
export function modelReference({ name, id }: { name?: string | null | undefined; id?: string | number | null | undefined }) {
  return { name: name ?? undefined, id: id === null || id === undefined ? undefined : parseId('Model', String(id)) };
}
