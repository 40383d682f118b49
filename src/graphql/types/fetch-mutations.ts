import { InsufficientDiskError, InvalidInputError, ModelNotFoundError, NameTakenError, UnsupportedModelError } from '../../errors.ts';
import type { Task } from '../../tasks/task.ts';
import { builder } from '../builder.ts';
import { parseId } from '../global-id.ts';
import { ModelLibraryEnum } from './enums.ts';
import { choiceFields, fileChoice, HubSourceInput, hubSource, tokenAbout } from './inputs.ts';
import { TaskRef } from './task.ts';
import { withoutNulls } from './without-nulls.ts';

const libraryAbout = 'The library that the checkpoint must be of; any by default.';
const errors = { types: [InvalidInputError, ModelNotFoundError, NameTakenError, UnsupportedModelError, InsufficientDiskError] };

const FileUrlInput = builder.inputType('FileUrlInput', {
  description: 'One file of a model, by its address.',
  fields: (t) => ({
    path: t.string({ required: true, description: "Its path inside the model's folder, e.g. `1_Pooling/config.json`." }),
    url: t.string({ required: true, description: 'Its address, http or https.' }),
    sizeBytes: t.field({ type: 'SafeInt', description: 'Its size in bytes, where it is known.' }),
    sha256: t.string({ description: 'sha256 that it must have, 64 hex digits, where it is known.' }),
  }),
});

const PinnedFileInput = builder.inputType('PinnedFileInput', {
  description: 'One file of a repository with its content, as a lock has it.',
  fields: (t) => ({
    path: t.string({ required: true, description: 'Its path in the repository.' }),
    sizeBytes: t.field({ type: 'SafeInt', required: true, description: 'Its size in bytes.' }),
    sha256: t.string({ required: true, description: 'sha256 of its content, 64 hex digits.' }),
  }),
});

const DownloadModelInput = builder.inputType('DownloadModelInput', {
  description: 'What is downloaded. Give one of `source`, `urls` and `id`.',
  fields: (t) => ({
    source: t.field({ type: HubSourceInput, description: 'A repository on the hub.' }),
    id: t.id({ description: 'Id of a registered or well-known model, global or bare UUID: its own source is fetched.' }),
    urls: t.field({ type: [FileUrlInput], description: 'Single files; then `name` is needed.' }),
    ...choiceFields(t),
    files: t.field({
      type: [PinnedFileInput],
      description:
        "Exactly these files with this content, where `source`'s revision is a commit: what a lock has. Default is what the choice gives.",
    }),
    token: t.string({ description: tokenAbout }),
    name: t.string({ description: "Name that the model gets; default is the repository's." }),
    library: t.field({ type: ModelLibraryEnum, description: libraryAbout }),
  }),
});

const ImportModelInput = builder.inputType('ImportModelInput', {
  description: 'What is imported.',
  fields: (t) => ({
    path: t.string({ required: true, description: 'A folder on the server, below one of its IMPORT_ROOTS.' }),
    name: t.string({ description: "Name that the model gets; default is the folder's." }),
    quantization: t.string({
      description:
        'Which GGUF of several, e.g. `Q4_K_M`; or how the weights are stored where safetensors become a GGUF: F16 (the default), F32, BF16 or Q8_0.',
    }),
    library: t.field({ type: ModelLibraryEnum, description: libraryAbout }),
  }),
});

const DownloadModelPayload = builder.objectRef<{ task: Task }>('DownloadModelPayload').implement({
  description: 'A download that was started, or joined.',
  fields: (t) => ({
    task: t.expose('task', { type: TaskRef, description: 'The task; its `model` is there once the files are installed.' }),
  }),
});

const ImportModelPayload = builder.objectRef<{ task: Task }>('ImportModelPayload').implement({
  description: 'An import that was started, or joined.',
  fields: (t) => ({
    task: t.expose('task', { type: TaskRef, description: 'The task; its `model` is there once the files are installed.' }),
  }),
});

builder.mutationFields((t) => ({
  downloadModel: t.field({
    type: DownloadModelPayload,
    nullable: true,
    errors,
    description: 'Fetches a model, verifies and installs it, as a task. Asking twice for the same joins the same task.',
    args: { input: t.arg({ type: DownloadModelInput, required: true, description: 'What is downloaded.' }) },
    resolve: async (_, { input }, { services }) => ({
      task: await services.lifecycle.downloadModel({
        ...withoutNulls(input),
        urls: input.urls?.map((file) => ({ ...withoutNulls(file), path: file.path, url: file.url })),
        source: hubSource(input.source),
        choice: fileChoice(input),
        id: input.id ? parseId('Model', input.id) : undefined,
      }),
    }),
  }),
  importModel: t.field({
    type: ImportModelPayload,
    nullable: true,
    errors,
    description: 'Copies a model from a folder on the server, verifies and installs it, as a task.',
    args: { input: t.arg({ type: ImportModelInput, required: true, description: 'What is imported.' }) },
    resolve: async (_, { input }, { services }) => ({
      task: await services.lifecycle.importModel({ ...withoutNulls(input), path: input.path }),
    }),
  }),
}));
