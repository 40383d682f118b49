import { z } from 'zod';

const text = (most: number) => z.string().max(most);
const parameters = z.strictObject({
  maxTokens: z.number().int().min(1).optional(),
  temperature: z.number().min(0).max(5).optional(),
  topP: z.number().min(0).max(1).optional(),
  topK: z.number().int().min(0).optional(),
  minP: z.number().min(0).max(1).optional(),
  seed: z.number().int().min(0).optional(),
  stop: z.array(text(1000).min(1)).max(16).optional(),
  repeatPenalty: z.number().min(0.01).max(10).optional(),
  presencePenalty: z.number().min(-2).max(2).optional(),
  frequencyPenalty: z.number().min(-2).max(2).optional(),
});

/** What a custom model does unless a request says otherwise; plain data, stored with the model. */
export const modelSettings = z.strictObject({
  /** A Jinja chat template in place of its file's own. */
  template: text(200_000).optional(),
  /** Goes in front of every conversation. */
  system: text(100_000).optional(),
  /** Come after that, in front of what a client says. */
  messages: z
    .array(z.strictObject({ role: z.enum(['USER', 'ASSISTANT']), content: text(100_000) }))
    .max(100)
    .optional(),
  /** Defaults of a generation. */
  parameters: parameters.optional(),
  /** Tokens that a prompt and its answer may have together, when it is loaded. */
  contextSize: z.number().int().min(1).optional(),
  /** How strong each LoRA adapter is put on it, by its file; 1 as it was trained. */
  adapterScales: z.record(z.string(), z.number().min(-100).max(100)).optional(),
  license: text(200_000).optional(),
});
export type ModelSettings = z.infer<typeof modelSettings>;
