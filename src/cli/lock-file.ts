import { z } from 'zod';
import { CommandError } from './failures.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const text = z.string().nullable();

/** One model as a lock has it: enough to make the same one elsewhere. */
const lockedModel = z.object({
  name: z.string(),
  library: z.string().nullable(),
  source: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('HUB'), repository: z.string(), revision: z.string() }),
    z.object({ kind: z.literal('URLS'), urls: z.array(z.object({ path: z.string(), url: z.string() })) }),
    /** What was imported, uploaded or made here has no address. */
    z.object({ kind: z.literal('OTHER') }),
  ]),
  /** The commit that its files are of. */
  commit: text,
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number().int().nonnegative(), sha256 })),
  settings: z.object({
    custom: z.boolean(),
    aliases: z.array(z.string()),
    description: text,
    card: z.record(z.string(), z.string()),
    /** How it was in memory; null where it was not. */
    loaded: z.object({ pinned: z.boolean(), precision: z.enum(['F32', 'INT8']) }).nullable(),
  }),
});

const lock = z.object({ version: z.literal(1), server: z.string(), models: z.array(lockedModel) });

export type LockedModel = z.infer<typeof lockedModel>;
export type Lock = z.infer<typeof lock>;

/** Reads the text of a lock. Throws `CommandError` that says what is wrong with it. */
export function parseLock(content: string, path: string): Lock {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch (cause) {
    throw new CommandError(`${path} is not JSON; expected what "modelkeep lock" writes.`, { cause });
  }
  const result = lock.safeParse(parsed);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new CommandError(`${path} is not a lock: ${issue?.path.join('.') || 'it'}: ${issue?.message}.`);
}

/** A lock as text, the same for the same models. */
export function writeLock(content: Lock): string {
  return `${JSON.stringify({ ...content, models: content.models.toSorted((one, other) => one.name.localeCompare(other.name, 'en')) }, null, 2)}\n`;
}
