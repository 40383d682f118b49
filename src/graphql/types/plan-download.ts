import type { DownloadPlan } from '../../lifecycle/plan-download.ts';
import { builder } from '../builder.ts';
import { choiceFields, fileChoice, HubSourceInput, hubSource, tokenAbout } from './inputs.ts';

const PlanDownloadInput = builder.inputType('PlanDownloadInput', {
  description: 'What would be downloaded.',
  fields: (t) => ({
    source: t.field({ type: HubSourceInput, required: true, description: 'A repository on the hub.' }),
    ...choiceFields(t),
    token: t.string({ description: tokenAbout }),
  }),
});

const PlannedFileRef = builder.objectRef<DownloadPlan['files'][number]>('PlannedFile').implement({
  description: 'A file that a download would fetch.',
  fields: (t) => ({
    path: t.exposeString('path', { description: 'Its path in the repository.' }),
    sizeBytes: t.expose('sizeBytes', {
      type: 'SafeInt',
      nullable: true,
      description: 'Its size in bytes; null where the hub does not say.',
    }),
    sha256: t.exposeString('sha256', {
      nullable: true,
      description: 'sha256 of its content, where the hub says it: for large files it does.',
    }),
    isHere: t.exposeBoolean('isHere', { description: 'Whether another model has the same content, so that it would not be fetched.' }),
  }),
});

const DownloadPlanRef = builder.objectRef<DownloadPlan>('DownloadPlan').implement({
  description: 'What a download would fetch now.',
  fields: (t) => ({
    repository: t.exposeString('repository', { description: 'The repository.' }),
    revision: t.exposeString('revision', {
      nullable: true,
      description: 'The commit that would be fetched; null where the hub does not say.',
    }),
    files: t.field({ type: [PlannedFileRef], description: 'The files, in the order of fetching.', resolve: ({ files }) => files }),
    totalBytes: t.expose('totalBytes', {
      type: 'SafeInt',
      nullable: true,
      description: 'All of them, in bytes; null where a size is unknown.',
    }),
    missingBytes: t.expose('missingBytes', {
      type: 'SafeInt',
      nullable: true,
      description: 'What is not here yet, in bytes; null where a size is unknown.',
    }),
    freeBytes: t.expose('freeBytes', {
      type: 'SafeInt',
      description: 'Room on the disk in bytes, without what running downloads have been promised.',
    }),
    fits: t.exposeBoolean('fits', {
      nullable: true,
      description: 'Whether there is room for what is missing; null where a size is unknown.',
    }),
    quantizations: t.exposeStringList('quantizations', {
      description: 'The quantizations of its GGUF files that one can choose from, smallest first.',
    }),
  }),
});

builder.queryField('planDownload', (t) =>
  t.field({
    type: DownloadPlanRef,
    nullable: true,
    description: 'What `downloadModel` would fetch of a repository, without fetching it.',
    args: { input: t.arg({ type: PlanDownloadInput, required: true, description: 'Which repository, and which of its files.' }) },
    resolve: (_, { input }, { services, signal }) =>
      services.lifecycle.planDownload({
        source: hubSource(input.source),
        choice: fileChoice(input),
        token: input.token ?? undefined,
        signal,
      }),
  }),
);
