import { InsufficientDiskError, InvalidInputError, ModelNotFoundError, NameTakenError, UnsupportedModelError } from '../../errors.ts';
import type { Model } from '../../models/model.ts';
import type { Task } from '../../tasks/task.ts';
import { builder } from '../builder.ts';
import { ModelLibraryEnum } from './enums.ts';
import { ModelRef, modelReference } from './model.ts';
import { ModelSettingsInput, toSettings } from './model-settings.ts';
import { TaskRef } from './task.ts';
import { withoutNulls } from './without-nulls.ts';

const errors = { types: [InvalidInputError, ModelNotFoundError, NameTakenError, UnsupportedModelError, InsufficientDiskError] };
const uploadIdAbout =
  'Id of a finished resumable upload (the last part of its address at `/uploads`). Give exactly one of this and `file`.';
const fileAbout = 'A small file that comes with the request, below the limit of a body.';
const libraryAbout = 'The library that the checkpoint must be of; any by default.';
const quantizationAbout = 'How the weights are stored where safetensors become a GGUF: F16 (the default), F32, BF16 or Q8_0.';
const modelfileAbout = "The same as Ollama's Modelfile says it, with a Jinja TEMPLATE; what is given beside it wins.";

const UploadModelInput = builder.inputType('UploadModelInput', {
  description: 'What is made a model: a GGUF, or a zip or tar of a checkpoint, of a GGUF with its LoRA adapter, or of an adapter.',
  fields: (t) => ({
    uploadId: t.id({ description: uploadIdAbout }),
    file: t.field({ type: 'Upload', description: fileAbout }),
    name: t.string({
      description:
        "Name that the model gets; default is the file's without its ending. A model that was uploaded under it before is replaced.",
    }),
    library: t.field({ type: ModelLibraryEnum, description: libraryAbout }),
    quantization: t.string({ description: quantizationAbout }),
  }),
});

const AdapterReferenceInput = builder.inputType('AdapterReferenceInput', {
  description: 'A LoRA adapter to put on a model.',
  fields: (t) => ({
    model: t.string({ required: true, description: 'Name or alias of the stored adapter.' }),
    scale: t.float({ defaultValue: 1, description: 'How strong: 1 as it was trained, 0 for none of it; default 1.' }),
  }),
});

const CreateModelInput = builder.inputType('CreateModelInput', {
  description: 'A custom model to make from a stored one, whose files it shares. With a name alone it is a copy.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name. A model that was made under it before is replaced.' }),
    from: t.string({ description: 'Name or alias of the stored model; needed here or as FROM of the Modelfile.' }),
    adapters: t.field({ type: [AdapterReferenceInput], description: 'LoRA adapters to put on it.' }),
    settings: t.field({
      type: ModelSettingsInput,
      description: 'What it does unless a request says otherwise; what is left out is as the stored model has it.',
    }),
    quantization: t.string({
      description: 'Store the weights of a GGUF in F32, F16 or BF16 as one of these, or as Q8_0; as they are by default.',
    }),
    modelfile: t.string({ description: modelfileAbout }),
  }),
});

const DeployModelInput = builder.inputType('DeployModelInput', {
  description: 'A file to make a model of, to open, to try and to serve, in one task.',
  fields: (t) => ({
    uploadId: t.id({ description: uploadIdAbout }),
    file: t.field({ type: 'Upload', description: fileAbout }),
    name: t.string({ description: "The name that it is served under; default is the file's without its ending." }),
    uploadName: t.string({ description: 'Keep what was uploaded as a model of its own too, under this name.' }),
    library: t.field({ type: ModelLibraryEnum, description: libraryAbout }),
    quantization: t.string({ description: quantizationAbout }),
    settings: t.field({ type: ModelSettingsInput, description: 'What it does unless a request says otherwise.' }),
    modelfile: t.string({ description: modelfileAbout }),
    idempotencyKey: t.string({
      description:
        'Equal for requests that are one and the same, sent again: all get the one task, also after its end. At most 200 characters.',
    }),
  }),
});

const MoveAliasInput = builder.inputType('MoveAliasInput', {
  description: 'Another name for a model.',
  fields: (t) => ({
    alias: t.string({ required: true, description: 'The other name.' }),
    name: t.string({ description: 'Name or alias of the model. Give one of `name` and `id`.' }),
    id: t.id({ description: 'Id of the model, global or bare UUID.' }),
  }),
});

const UploadModelPayload = taskPayload('UploadModelPayload', 'An upload that is being made a model.');
const CreateModelPayload = taskPayload('CreateModelPayload', 'A model that is being made.');
const DeployModelPayload = taskPayload('DeployModelPayload', 'A deployment that was started, or is the one with that key.');
const MoveAliasPayload = builder.objectRef<{ model: Model }>('MoveAliasPayload').implement({
  description: 'A model with its new alias.',
  fields: (t) => ({ model: t.expose('model', { type: ModelRef, description: 'The model as it is now.' }) }),
});

builder.mutationFields((t) => ({
  uploadModel: t.field({
    type: UploadModelPayload,
    nullable: true,
    errors,
    description:
      'Makes a custom model of a file that a client sent, as a task: unpacks it safely, converts what has to be, checks every header, installs it.',
    args: { input: t.arg({ type: UploadModelInput, required: true, description: 'The file, and the name.' }) },
    resolve: async (_, { input }, { services, signal }) => ({
      task: await services.lifecycle.uploadModel({ ...withoutNulls(input), signal }),
    }),
  }),
  createModel: t.field({
    type: CreateModelPayload,
    nullable: true,
    errors,
    description:
      'Makes a custom model from a stored one, as a task: with LoRA adapters, a template, a system text, parameters. Nothing is copied.',
    args: { input: t.arg({ type: CreateModelInput, required: true, description: 'The model.' }) },
    resolve: async (_, { input: { adapters, settings, ...input } }, { services }) => ({
      task: await services.lifecycle.createModel({
        ...withoutNulls(input),
        name: input.name,
        adapters: adapters?.map(({ model, scale }) => ({ model, scale: scale ?? 1 })),
        settings: toSettings(settings),
      }),
    }),
  }),
  deployModel: t.field({
    type: DeployModelPayload,
    nullable: true,
    errors,
    description:
      'Uploads, creates and loads a model in one task: unpacked, converted, checked, opened, tried, and only then the name is its. Whatever fails, the model that had the name before goes on.',
    args: { input: t.arg({ type: DeployModelInput, required: true, description: 'The file, and the name.' }) },
    resolve: async (_, { input: { settings, ...input } }, { services, signal }) => ({
      task: await services.lifecycle.deployModel({ ...withoutNulls(input), settings: toSettings(settings), signal }),
    }),
  }),
  moveAlias: t.field({
    type: MoveAliasPayload,
    nullable: true,
    errors: { types: [InvalidInputError, ModelNotFoundError, NameTakenError] },
    description: 'Makes a name mean a model; from whichever model it meant before it moves at once, so that it always means one.',
    args: { input: t.arg({ type: MoveAliasInput, required: true, description: 'The name, and the model.' }) },
    resolve: async (_, { input: { alias, ...reference } }, { services }) => ({
      model: await services.lifecycle.moveAlias({ alias, ...modelReference(reference) }),
    }),
  }),
}));

function taskPayload(name: string, description: string) {
  return builder.objectRef<{ task: Task }>(name).implement({
    description,
    fields: (t) => ({
      task: t.expose('task', { type: TaskRef, description: 'The task; its `model` is there once the files are installed.' }),
    }),
  });
}
