import type { Model } from '../models/model.ts';
import type { LoadOptions } from '../scheduler/scheduler.ts';

/** How a model is loaded: as was asked for, else as its settings say. */
export function loadOptionsOf({ settings: { contextSize, adapterScales } }: Pick<Model, 'settings'>, options: LoadOptions): LoadOptions {
  const adapters = Object.entries(adapterScales ?? {}).map(([file, scale]) => ({ file, scale }));
  const own = { ...(contextSize === undefined ? {} : { contextSize }), ...(adapters.length === 0 ? {} : { adapters }) };
  if (Object.keys(own).length === 0) return options;
  const asked = Object.fromEntries(Object.entries(options.generation ?? {}).filter(([, value]) => value !== undefined));
  return { ...options, generation: { ...own, ...asked } };
}
