import { InvalidInputError, UnsupportedCapabilityError } from '../errors.ts';
import type { Catalogue } from '../models/catalogue.ts';
import type { Model } from '../models/model.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';

/** What every use case of inference works with. */
export interface InferenceDependencies {
  catalogue: Catalogue;
  scheduler: Scheduler;
}

type Facts = NonNullable<Model['facts']>;
type Capability = Facts['capabilities'][number];

/**
 * The model that a request names, if it can do what is asked.
 * Throws MODEL_NOT_FOUND, UNSUPPORTED_CAPABILITY, INVALID_INPUT for an entry without files.
 */
export async function capableModel(
  { catalogue }: InferenceDependencies,
  { name, capability, wanted, hint }: { name: string; capability: Capability; wanted: string; hint?: string },
): Promise<Model & { facts: Facts }> {
  const model = await catalogue.require({ name });
  const { facts } = model;
  if (!facts)
    throw new InvalidInputError({
      field: 'input.model',
      message: `model ${JSON.stringify(model.name)} has no files here yet. Load it with downloadIfMissing.`,
    });
  if (!facts.capabilities.includes(capability)) {
    throw new UnsupportedCapabilityError({ model: model.name, wanted, has: facts.capabilities, ...(hint ? { hint } : {}) });
  }
  return { ...model, facts };
}
