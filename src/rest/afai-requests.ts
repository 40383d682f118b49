import { z } from 'zod';

/** Numbers come as text from a form or a query. */
const count = z.coerce.number().int();

export const modelRequest = z.looseObject({ model_name: z.string() });

export const launchRequest = modelRequest.extend({
  /** Size of the context in tokens; -1 for the model's own. */
  n_ctx: count.min(-1).nullish(),
});
export type LaunchRequest = z.infer<typeof launchRequest>;

export const textRequest = modelRequest.extend({ prompt: z.string(), max_new_tokens: count.min(1).nullish() });
export type TextRequest = z.infer<typeof textRequest>;

export const systemPromptRequest = modelRequest.extend({ system_prompt: z.string() });
