import { InvalidInputError } from '../errors.ts';
import { type ModelSettings, modelSettings } from '../models/model-settings.ts';
import { type Modelfile, parseModelfile } from './modelfile.ts';

/** What a client says of a custom model, in fields or in a Modelfile; a field wins. */
export interface CustomModelRequest {
  /** Name or alias of the stored model that it is made from. */
  from?: string | undefined;
  adapters?: readonly AdapterReference[] | undefined;
  settings?: ModelSettings | undefined;
  modelfile?: string | undefined;
}

/** A stored LoRA adapter. */
export interface AdapterReference {
  /** Name or alias. */
  model: string;
  /** 1 as it was trained. */
  scale: number;
}

/** The same, with what the Modelfile says. Throws INVALID_INPUT. */
export function readCustomModel({ from, adapters, settings = {}, modelfile }: CustomModelRequest): {
  from: string | null;
  adapters: readonly AdapterReference[];
  settings: ModelSettings;
} {
  const file: Modelfile = modelfile === undefined ? { from: null, adapters: [], settings: {} } : parseModelfile(modelfile);
  const parameters = { ...file.settings.parameters, ...settings.parameters };
  return {
    from: from ?? file.from,
    adapters: adapters ?? file.adapters.map((model) => ({ model, scale: 1 })),
    settings: checkSettings({ ...file.settings, ...settings, ...(Object.keys(parameters).length > 0 ? { parameters } : {}) }),
  };
}

/** Throws INVALID_INPUT with the field that is out of its range. */
export function checkSettings(settings: ModelSettings): ModelSettings {
  const { success, data, error } = modelSettings.safeParse(settings);
  if (success) return data;
  const [issue] = error.issues;
  throw new InvalidInputError({ field: ['input', ...(issue?.path ?? [])].join('.'), message: `${issue?.message ?? 'is wrong'}.` });
}
