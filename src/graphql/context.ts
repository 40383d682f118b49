import DataLoader from 'dataloader';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { ClassifyAnswer, ClassifyRequest } from '../inference/classify.ts';
import type { EmbedAnswer, EmbedRequest } from '../inference/embedding.ts';
import type { GenerationAnswer, GenerationStream } from '../inference/generate.ts';
import type { GenerateRequest } from '../inference/generate-work.ts';
import type { Generations } from '../inference/generations.ts';
import type { RerankAnswer, RerankRequest } from '../inference/rerank.ts';
import type { SimilarityAnswer, SimilarityRequest } from '../inference/similarity.ts';
import type { TokenizedText, TokenizeRequest } from '../inference/tokenize.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import type { Log } from '../log.ts';
import type { Catalogue } from '../models/catalogue.ts';
import type { Conversations } from '../models/conversations.ts';
import type { Model } from '../models/model.ts';
import type { Observation } from '../observation.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { Task } from '../tasks/task.ts';
import type { Tasks } from '../tasks/tasks.ts';

/** What resolvers work with; one for the life of the server. */
export interface Services {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly catalogue: Catalogue;
  readonly conversations: Conversations;
  readonly tasks: Tasks;
  readonly scheduler: Scheduler;
  readonly lifecycle: Lifecycle;
  readonly inference: Inference;
  readonly startedAt: Date;
  readonly observation: Observation;
}

/** The use cases of `inference/`, bound to the services. */
export interface Inference {
  embed(request: EmbedRequest, signal: AbortSignal): Promise<EmbedAnswer>;
  /** By the model's own labels, or by those of the request. */
  classify(request: ClassifyRequest, signal: AbortSignal): Promise<ClassifyAnswer>;
  rerank(request: RerankRequest, signal: AbortSignal): Promise<RerankAnswer>;
  similarity(request: SimilarityRequest, signal: AbortSignal): Promise<SimilarityAnswer>;
  tokenize(request: TokenizeRequest, signal: AbortSignal): Promise<{ model: Model; items: TokenizedText[] }>;
  generate(request: GenerateRequest, signal: AbortSignal): Promise<GenerationAnswer>;
  streamGeneration(request: GenerateRequest, signal: AbortSignal): Promise<GenerationStream>;
  readonly generations: Pick<Generations, 'follow' | 'cancel'>;
}

/** What a resolver is given: one per operation. */
export interface Context {
  readonly services: Services;
  /** Aborted when the client leaves, or ends this operation. */
  readonly signal: AbortSignal;
  readonly loaders: Loaders;
}

/** Look-ups behind lists, batched and cached for one operation. */
export interface Loaders {
  /** Models by bare id; null for one that is gone. */
  readonly model: DataLoader<string, Model | null>;
  /** Tasks by bare id; null for one that is gone. */
  readonly task: DataLoader<string, Task | null>;
  /** The task at work on a model, by the model's bare id. */
  readonly activeTask: DataLoader<string, Task | null>;
}

/**
 * A context for one operation. A subscription's events read changing state, so there a loader must not remember:
 * `remembers: false` keeps the batching and drops the cache.
 */
export function createContext(services: Services, { signal, remembers = true }: { signal: AbortSignal; remembers?: boolean }): Context {
  const { catalogue, tasks } = services;
  const options = { cache: remembers };
  const loaders: Loaders = {
    model: new DataLoader((ids) => catalogue.getMany(ids), options),
    task: new DataLoader((ids) => tasks.getMany(ids), options),
    activeTask: new DataLoader(async (ids) => {
      const active = await tasks.activeForModels(ids);
      return ids.map((id) => active.get(id) ?? null);
    }, options),
  };
  return { services, signal, loaders };
}
