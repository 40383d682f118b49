import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { version } from '../../version.ts';
import { builder } from '../builder.ts';
import type { Services } from '../context.ts';
import { operationLimits } from '../limits.ts';
import { ModelRef } from './model.ts';

const HardwareRef = builder.objectRef<object>('Hardware').implement({
  description: 'The machine.',
  fields: (t) => ({
    cpuModel: t.string({ description: 'Its processor.', resolve: () => cpus()[0]?.model ?? 'unknown' }),
    cores: t.int({ description: 'Processors that this server may use.', resolve: () => availableParallelism() }),
    memoryBytes: t.field({ type: 'SafeInt', description: 'Its memory, in bytes.', resolve: () => totalmem() }),
    platform: t.string({ description: 'Operating system and architecture, e.g. `linux-x64`.', resolve: () => `${platform()}-${arch()}` }),
  }),
});

const MemoryLedgerRef = builder.objectRef<ReturnType<Services['scheduler']['memory']>>('MemoryLedger').implement({
  description: 'Memory for loaded models.',
  fields: (t) => ({
    budgetBytes: t.expose('budgetBytes', { type: 'SafeInt', description: 'What they may take in all, in bytes.' }),
    usedBytes: t.expose('usedBytes', { type: 'SafeInt', description: 'What they take, in bytes.' }),
    freeBytes: t.expose('freeBytes', { type: 'SafeInt', description: 'What is left, in bytes.' }),
  }),
});

const LimitsRef = builder.objectRef<Services['config']>('Limits').implement({
  description: 'What this server takes at most.',
  fields: (t) => ({
    maxBodyBytes: t.expose('maxBodyBytes', { type: 'SafeInt', description: 'Largest request body and WebSocket message, in bytes.' }),
    maxImageBytes: t.expose('maxImageBytes', { type: 'SafeInt', description: 'Largest image as it comes, in bytes.' }),
    maxImagePixels: t.exposeInt('maxImagePixels', { description: 'Largest image once decoded, in pixels.' }),
    maxImages: t.exposeInt('maxImages', { description: 'Images of one request.' }),
    maxQueue: t.exposeInt('maxQueue', { description: 'Requests that wait for one model.' }),
    maxBatchTokens: t.exposeInt('maxBatchTokens', { description: 'Padded tokens of one batch.' }),
    maxLoadedModels: t.exposeInt('maxLoadedModels', { nullable: true, description: 'Models in memory; null lets memory decide.' }),
    threads: t.exposeInt('threads', { description: 'Threads that all models together compute with.' }),
    maxDepth: t.int({ description: 'Depth of a GraphQL document.', resolve: () => operationLimits.maxDepth }),
    maxAliases: t.int({ description: 'Aliases in a GraphQL document.', resolve: () => operationLimits.maxAliases }),
    maxTokens: t.int({ description: 'Tokens of a GraphQL document.', resolve: () => operationLimits.maxTokens }),
    maxComplexity: t.int({
      description: 'Cost of a GraphQL operation: objects that it can give.',
      resolve: () => operationLimits.maxComplexity,
    }),
  }),
});

const ServerRef = builder.objectRef<Services>('Server').implement({
  description: 'This server.',
  fields: (t) => ({
    version: t.string({ description: 'Its version.', resolve: () => version }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it started.' }),
    ready: t.boolean({
      nullable: true,
      description: 'Whether every loaded model answers a real, tiny inference now.',
      resolve: ({ scheduler }, _, { signal }) => answersAll(scheduler, signal),
    }),
    hardware: t.field({ type: HardwareRef, description: 'The machine.', resolve: () => ({}) }),
    memory: t.field({ type: MemoryLedgerRef, description: 'Memory for loaded models.', resolve: ({ scheduler }) => scheduler.memory() }),
    limits: t.field({ type: LimitsRef, description: 'What it takes at most.', resolve: ({ config }) => config }),
    loadedModels: t.field({
      type: [ModelRef],
      nullable: { list: true, items: false },
      description: 'The models in memory that answer.',
      resolve: async ({ scheduler }, _, { loaders }) => {
        const models = await Promise.all(scheduler.loadedIds().map((id) => loaders.model.load(id)));
        return models.filter((model) => model !== null);
      },
    }),
  }),
});

builder.queryField('server', (t) =>
  t.field({
    type: ServerRef,
    nullable: true,
    description: 'This server: version, readiness, hardware, memory, limits.',
    resolve: (_, __, { services }) => services,
  }),
);

async function answersAll(scheduler: Services['scheduler'], signal: AbortSignal): Promise<boolean> {
  const answers = await Promise.all(scheduler.loadedIds().map((id) => scheduler.probe(id, signal)));
  return answers.every((answer) => answer);
}
