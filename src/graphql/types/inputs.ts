import { builder } from '../builder.ts';
import { ModelLibraryEnum, PrecisionEnum } from './enums.ts';
import { GenerationLoadInput } from './generation-load.ts';

/** A repository on the hub that `HF_ENDPOINT` names. */
export const HubSourceInput = builder.inputType('HubSourceInput', {
  description: 'A repository on the hub that this server is pointed at.',
  fields: (t) => ({
    repository: t.string({
      required: true,
      description:
        'Name of the repository, e.g. `intfloat/e5-small-v2`; a prefix `hf-hub:` is dropped, `MobileCLIP-S2/datacompdr` is how open_clip names a checkpoint, and `:Q4_K_M` at its end chooses among GGUF files.',
    }),
    revision: t.string({
      defaultValue: 'main',
      description: 'Branch, tag or commit; default `main`. It is pinned to the commit it names now.',
    }),
  }),
});

interface HubSource {
  repository: string;
  revision: string;
}

/** A client's `null` is the default. */
export function hubSource(source: typeof HubSourceInput.$inferInput): HubSource;
export function hubSource(source: typeof HubSourceInput.$inferInput | null | undefined): HubSource | undefined;
export function hubSource(source: typeof HubSourceInput.$inferInput | null | undefined): HubSource | undefined {
  return source ? { repository: source.repository, revision: source.revision ?? 'main' } : undefined;
}

/** What stands in every input that asks a hub for files. */
export const tokenAbout =
  "Token for a private or gated repository, in place of the server's own; it is sent to the hub alone, kept out of the log and the database, and forgotten when the task ends.";

/** Fields that choose among a repository's files. */
export function choiceFields(t: PothosSchemaTypes.InputFieldBuilder<typeof builder.$inferSchemaTypes, 'InputObject'>) {
  return {
    include: t.stringList({ description: 'Patterns such as `*.json`; only files that fit one are taken, in place of our own choice.' }),
    exclude: t.stringList({ description: 'Patterns such as `*-f16*`; files that fit one are never taken.' }),
    quantization: t.string({
      description:
        'Which file of a GGUF repository, e.g. `Q4_K_M`, as after the colon in `owner/name:Q4_K_M`; default is that one or the nearest. Of a model of images and text in ONNX graphs their type, e.g. `FP16` or `Q4`; default is 8 bit.',
    }),
  };
}

interface ChoiceInput {
  include?: string[] | null | undefined;
  exclude?: string[] | null | undefined;
  quantization?: string | null | undefined;
}

/** A client's choice of files; `null` is the default. */
export function fileChoice({ include, exclude, quantization }: ChoiceInput) {
  return { include: include ?? [], exclude: exclude ?? [], quantization: quantization ?? null };
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
    token: t.string({ description: tokenAbout }),
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
    generation: t.field({ type: GenerationLoadInput, description: 'How it is held in memory, of a model that generates text.' }),
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
