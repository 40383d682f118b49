import { ForbiddenError, InvalidInputError, ModelBusyError, ModelNotFoundError, NameTakenError } from '../../errors.ts';
import type { Model } from '../../models/model.ts';
import type { Task } from '../../tasks/task.ts';
import { builder } from '../builder.ts';
import { ModelLibraryEnum, ModelUseEnum } from './enums.ts';
import { HubSourceInput, hubSource, modelReferenceInput } from './inputs.ts';
import { ModelRef, modelReference } from './model.ts';
import { ModelSettingsInput, toSettings } from './model-settings.ts';
import { TaskRef } from './task.ts';
import { withoutNulls } from './without-nulls.ts';

const referenceErrors = [InvalidInputError, ModelNotFoundError, ModelBusyError];

const ModelCardInput = builder.inputType('ModelCardInput', {
  description: 'Free facts to store with a model.',
  fields: (t) => ({
    type: t.string({ description: "What kind of model, in the client's words." }),
    usage: t.string({ description: 'What it is for.' }),
    provider: t.string({ description: 'Who made it.' }),
    foundation: t.string({ description: 'The model that it is made from.' }),
    unique: t.string({ description: "The client's own key for it." }),
    description: t.string({ description: "The client's own description." }),
    title: t.string({ description: 'A name for people.' }),
    details: t.string({ description: 'Further facts: the text of a JSON object, at most 20000 characters.' }),
  }),
});

const RegisterModelInput = builder.inputType('RegisterModelInput', {
  description: 'An entry to make.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name; unique without regard to case.' }),
    source: t.field({ type: HubSourceInput, description: 'Where its files can be fetched from, later.' }),
    library: t.field({ type: ModelLibraryEnum, description: 'The upstream library, where it is known.' }),
    card: t.field({ type: ModelCardInput, description: 'Free facts to store with it.' }),
  }),
});

const UpdateModelInput = builder.inputType('UpdateModelInput', {
  description: 'A custom model, and what changes about it; what is left out stays.',
  fields: (t) => ({
    name: t.string({ description: 'Name or alias of the model. Give one of `name` and `id`.' }),
    id: t.id({ description: 'Id of the model, global or bare UUID.' }),
    newName: t.string({ description: 'Its new name.' }),
    description: t.string({ description: 'Its new description.' }),
    card: t.field({ type: ModelCardInput, description: 'Its new free facts, all of them.' }),
    aliases: t.stringList({ description: 'Its new aliases, all of them.' }),
    source: t.field({ type: HubSourceInput, description: 'Where its next download fetches it from.' }),
    settings: t.field({ type: ModelSettingsInput, description: 'What it does unless a request says otherwise, all of it.' }),
  }),
});

const ScoreModelInput = builder.inputType('ScoreModelInput', {
  description: 'What a client did with a model.',
  fields: (t) => ({
    name: t.string({ description: 'Name or alias of the model. Give one of `name` and `id`.' }),
    id: t.id({ description: 'Id of the model, global or bare UUID.' }),
    uses: t.field({ type: [ModelUseEnum], required: true, description: 'What was done; each is counted once.' }),
  }),
});

const DeleteModelInput = modelReferenceInput('DeleteModelInput', 'The model to delete.');
const DeleteModelFilesInput = modelReferenceInput('DeleteModelFilesInput', 'The model whose files are deleted.');
const UnloadModelInput = modelReferenceInput('UnloadModelInput', 'The model to take out of memory.');

const RegisterModelPayload = modelPayload('RegisterModelPayload', 'An entry that was made.');
const UpdateModelPayload = modelPayload('UpdateModelPayload', 'An entry that was changed.');
const ScoreModelPayload = modelPayload('ScoreModelPayload', 'An entry whose uses were counted.');
const DeleteModelFilesPayload = modelPayload('DeleteModelFilesPayload', 'An entry whose files are gone.');

const DeleteModelPayload = builder.objectRef<{ task: Task }>('DeleteModelPayload').implement({
  description: 'A deletion that was started, or joined.',
  fields: (t) => ({ task: t.expose('task', { type: TaskRef, description: 'The task.' }) }),
});

const UnloadModelPayload = builder.objectRef<{ task: Task; model: Model; wasLoaded: boolean }>('UnloadModelPayload').implement({
  description: 'An unloading that was started, or joined.',
  fields: (t) => ({
    task: t.expose('task', { type: TaskRef, description: 'The task.' }),
    model: t.expose('model', { type: ModelRef, nullable: true, description: 'The model.' }),
    wasLoaded: t.exposeBoolean('wasLoaded', { description: 'Whether it was in memory when this was asked.' }),
  }),
});

builder.mutationFields((t) => ({
  registerModel: t.field({
    type: RegisterModelPayload,
    nullable: true,
    errors: { types: [InvalidInputError, NameTakenError] },
    description: 'Makes an entry without files: a name, where its files are, a card.',
    args: { input: t.arg({ type: RegisterModelInput, required: true, description: 'The entry.' }) },
    resolve: async (_, { input }, { services }) => ({
      model: await services.lifecycle.registerModel({
        ...withoutNulls(input),
        name: input.name,
        source: hubSource(input.source),
        card: withoutNulls(input.card ?? {}),
      }),
    }),
  }),
  updateModel: t.field({
    type: UpdateModelPayload,
    nullable: true,
    errors: { types: [...referenceErrors, NameTakenError, ForbiddenError] },
    description: 'Changes an entry that a client made itself.',
    args: { input: t.arg({ type: UpdateModelInput, required: true, description: 'The entry, and what changes.' }) },
    resolve: async (_, { input: { name, id, card, source, settings, ...changes } }, { services }) => ({
      model: await services.lifecycle.updateModel({
        ...modelReference({ name, id }),
        ...withoutNulls(changes),
        card: card ? withoutNulls(card) : undefined,
        source: hubSource(source),
        settings: toSettings(settings),
      }),
    }),
  }),
  scoreModel: t.field({
    type: ScoreModelPayload,
    nullable: true,
    errors: { types: referenceErrors },
    description: 'Counts what a client did with a model; `ModelCard.score` has the sums.',
    args: { input: t.arg({ type: ScoreModelInput, required: true, description: 'The model, and what was done.' }) },
    resolve: async (_, { input: { uses, ...reference } }, { services }) => ({
      model: await services.lifecycle.scoreModel({ ...modelReference(reference), uses }),
    }),
  }),
  deleteModelFiles: t.field({
    type: DeleteModelFilesPayload,
    nullable: true,
    errors: { types: referenceErrors },
    description: 'Removes the files of a model and keeps its entry; takes it out of memory first.',
    args: { input: t.arg({ type: DeleteModelFilesInput, required: true, description: 'The model.' }) },
    resolve: async (_, { input }, { services }) => ({ model: await services.lifecycle.deleteModelFiles(modelReference(input)) }),
  }),
  deleteModel: t.field({
    type: DeleteModelPayload,
    nullable: true,
    errors: { types: referenceErrors },
    description: 'Cancels what works on a model, takes it out of memory and removes it with its files, as a task.',
    args: { input: t.arg({ type: DeleteModelInput, required: true, description: 'The model.' }) },
    resolve: async (_, { input }, { services }) => ({ task: await services.lifecycle.deleteModel(modelReference(input)) }),
  }),
  unloadModel: t.field({
    type: UnloadModelPayload,
    nullable: true,
    errors: { types: referenceErrors },
    description: 'Takes a model out of memory once running requests are done, as a task.',
    args: { input: t.arg({ type: UnloadModelInput, required: true, description: 'The model.' }) },
    resolve: (_, { input }, { services }) => services.lifecycle.unloadModel(modelReference(input)),
  }),
}));

function modelPayload(name: string, description: string) {
  return builder.objectRef<{ model: Model }>(name).implement({
    description,
    fields: (t) => ({ model: t.expose('model', { type: ModelRef, description: 'The model as it is now.' }) }),
  });
}
