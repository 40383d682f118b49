import { z } from 'zod';
import type { FormFile } from './mixed-input.ts';

/** A field that came once is no list. */
function listOf<Item>(value: Item | Item[] | null | undefined): Item[] {
  return [value ?? []].flat().filter((item) => item !== '') as Item[];
}

const file = z.custom<FormFile>(
  (value) => typeof value === 'object' && value !== null && 'bytes' in value && Buffer.isBuffer(value.bytes),
  {
    error: 'Value error, Expected UploadFile',
  },
);

/** Numbers come as text from a form or a query. */
const count = z.coerce.number().int();
/** The most tokens that the server takes as a number. */
const mostTokens = 10_000_000;
/** The fewest that a context has. */
const leastContext = 16;
/** As many as there is room for, however many are asked for. */
const newTokens = count.min(1).transform((value) => Math.min(value, mostTokens));

export const modelRequest = z.looseObject({ model_name: z.string() });

export const launchRequest = modelRequest.extend({
  /** Size of the context in tokens; -1 for the model's own. What cannot be is refused before a running model makes room for it. */
  n_ctx: count
    .min(-1)
    .max(mostTokens)
    .transform((value) => (value > 0 ? Math.max(value, leastContext) : value))
    .nullish(),
});
export type LaunchRequest = z.infer<typeof launchRequest>;

export const textRequest = modelRequest.extend({ prompt: z.string(), max_new_tokens: newTokens.nullish() });
export type TextRequest = z.infer<typeof textRequest>;

/** Files of a form, or their text: base64 or a data URI. What is empty is none. */
const files = z
  .union([z.array(z.union([z.string(), file])), z.string(), file])
  .nullish()
  .transform(listOf);

export const imageTextRequest = textRequest.extend({
  image_files: files,
  /** Addresses, or data URIs. */
  image_links: z
    .union([z.array(z.string()), z.string()])
    .nullish()
    .transform(listOf),
});
export type ImageTextRequest = z.infer<typeof imageTextRequest>;

export const systemPromptRequest = modelRequest.extend({ system_prompt: z.string() });
