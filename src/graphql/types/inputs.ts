import { builder } from '../builder.ts';
import { ModelLibraryEnum, PrecisionEnum } from './enums.ts';

/** A repository on the hub that `HF_ENDPOINT` names. */
export const HubSourceInput = builder.inputType('HubSourceInput', {
  description: 'A repository on the hub that this server is pointed at.',
  fields: (t) => ({
    repository: t.string({
      required: true,
      description: 'Name of the repository, e.g. `intfloat/e5-small-v2`; a prefix `hf-hub:` is dropped.',
    }),
    revision: t.string({
      defaultValue: 'main',
      description: 'Branch, tag or commit; default `main`. It is pinned to the commit it names now.',
    }),
  }),
});

/** A client's `null` is the default. */
export function hubSource(source: typeof HubSourceInput.$inferInput | null | undefined) {
  return source ? { repository: source.repository, revision: source.revision ?? 'main' } : undefined;
}

/** What a load is asked for; `planLoad` takes the same. */
export const LoadModelInput = builder.inputType('LoadModelInput', {
  description: 'Which model to take into memory, and how.',
  fields: (t) => ({
    name: t.string({ description: 'Name or alias of a stored model. Give one of `name`, `id` and `source`.' }),
    id: t.id({ description: 'Id of a stored model, global or bare UUID.' }),
    source: t.field({ type: HubSourceInput, description: 'Repository to fetch it from; a stored model of that name is taken as it is.' }),
    downloadIfMissing: t.boolean({
      defaultValue: false,
      description: 'Fetch the files first where they are not here; default false.',
    }),
    library: t.field({ type: ModelLibraryEnum, description: 'The library that the checkpoint must be of; any by default.' }),
    pinned: t.boolean({ description: 'Never evict it; by default false, or as it is for a model in memory.' }),
    keepAliveSeconds: t.int({ description: "Seconds that it stays in memory unused; -1 for ever; default is the server's KEEP_ALIVE." }),
    instances: t.int({ description: 'Processes that may run it at once, 1 to 64; default is the thread budget, at most 4.' }),
    threads: t.int({ description: 'Threads of each process, 1 to 256; default 1.' }),
    precision: t.field({
      type: PrecisionEnum,
      defaultValue: 'F32',
      description: 'How its weights are kept in memory; default `F32`. A model that is loaded keeps what it has until it is unloaded.',
    }),
    fast: t.boolean({
      defaultValue: false,
      description:
        "Resize images with the decoder's own filters: faster, but not the pixels of the reference libraries; default false. A model that is loaded keeps what it has until it is unloaded.",
    }),
    evict: t.boolean({
      defaultValue: true,
      description: 'Unload idle models where there is no room otherwise; default true.',
    }),
  }),
});

/** A stored model, by name or id. */
export function modelReferenceInput(name: string, description: string) {
  return builder.inputType(name, {
    description,
    fields: (t) => ({
      name: t.string({ description: 'Name or alias of the model. Give one of `name` and `id`.' }),
      id: t.id({ description: 'Id of the model, global or bare UUID.' }),
    }),
  });
}

/** A task, by id. */
export function taskReferenceInput(name: string, description: string) {
  return builder.inputType(name, {
    description,
    fields: (t) => ({ id: t.id({ required: true, description: 'Id of the task, global or bare UUID.' }) }),
  });
}
