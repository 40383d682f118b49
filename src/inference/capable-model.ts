import { ModelNotLoadedError, UnsupportedCapabilityError } from '../errors.ts';
import type { Catalogue } from '../models/catalogue.ts';
import type { Model } from '../models/model.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { ImageReader } from './read-images.ts';

/** What every use case of inference works with. */
export interface InferenceDependencies {
  catalogue: Catalogue;
  scheduler: Scheduler;
  images: ImageReader;
}

type Facts = NonNullable<Model['facts']>;
type Capability = Facts['capabilities'][number];

/**
 * A stored model as it is served, if it can do what is asked: with the facts of the revision that is in memory, which is not the
 * stored one for a moment when a newer one takes over. What these facts settle must be given to `scheduler.run` without waiting
 * for anything in between, else another revision may answer.
 * Throws UNSUPPORTED_CAPABILITY, MODEL_NOT_LOADED for an entry without files.
 */
export function capableModel(
  { scheduler }: Pick<InferenceDependencies, 'scheduler'>,
  model: Model,
  { capability, wanted, hint }: { capability: Capability; wanted: string; hint?: string },
): Model & { facts: Facts } {
  const facts = scheduler.served(model.id)?.facts ?? model.facts;
  if (!facts) throw new ModelNotLoadedError({ model: model.name });
  if (!facts.capabilities.includes(capability)) {
    throw new UnsupportedCapabilityError({ model: model.name, wanted, has: facts.capabilities, ...(hint ? { hint } : {}) });
  }
  return { ...model, facts };
}
