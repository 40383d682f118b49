import { z } from 'zod';

const bytes = z.looseObject({ value: z.number().nonnegative().nullish(), readable: z.string().nullish() });
const maxTokens = z.looseObject({ total: z.number().nullish(), input: z.number().nullish(), output: z.number().nullish() });

/** What a client tells of a model, when it makes an entry and when it changes one. What is absent stays, or is unknown. */
const description = {
  version: z.string().nullish(),
  created: z.looseObject({ value: z.string() }).nullish(),
  name: z.string().min(1).max(200),
  description: z.string().nullish(),
  cloud: z.boolean().nullish(),
  type: z.string().nullish(),
  usage: z.string().nullish(),
  bytes: bytes.nullish(),
  ram: bytes.nullish(),
  quantization: z.string().nullish(),
  foundation: z.string().nullish(),
  unique: z.string().nullish(),
  parameters: z.number().nullish(),
  provider: z.string().nullish(),
  cpu: z.boolean().nullish(),
  maxTokens: maxTokens.nullish(),
  capabilities: z.record(z.string(), z.unknown()).nullish(),
};

/** Body of `/models/create`. */
export const seededModel = z.looseObject(description);
export type SeededModel = z.infer<typeof seededModel>;

/** Body of `/model/update`. */
export const changedModel = z.looseObject({ ...description, id: z.string(), name: description.name.nullish() });
export type ChangedModel = z.infer<typeof changedModel>;

const increment = z.looseObject({
  reuse: z.boolean().nullish(),
  update: z.boolean().nullish(),
  reference: z.boolean().nullish(),
  priority: z.boolean().nullish(),
  searched: z.boolean().nullish(),
});

/** Body of `/model/{model}/scores/increment`: what was done with the model, alone or beside other materials'. */
export const scoreIncrement = increment.extend({ model: increment.nullish() }).nullish();
export type ScoreIncrement = z.infer<typeof scoreIncrement>;
