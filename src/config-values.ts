import { z } from 'zod';

/** The forms that a setting's value can take: typed in modelkeep.json, text in the environment and on the command line. */

const truths = ['true', '1', 'yes', 'on'];
const untruths = ['false', '0', 'no', 'off', ''];
/** true or false, in any of the ways that shells write them. */
export const boolean = z.union([
  z.boolean(),
  z
    .string()
    .transform((text) => text.toLowerCase())
    .refine((text) => truths.includes(text) || untruths.includes(text), 'must be true or false')
    .transform((text) => truths.includes(text)),
]);
/** Words with commas between, or a JSON array. */
export const list = z.union([
  z.array(z.string()),
  z.string().transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ),
]);
/** Addresses with commas between, as one text: http or https, without a slash at the end. */
export const hubEndpoints = z.string().transform((text, context) => {
  const addresses = text.split(',').map((part) => part.trim().replace(/\/+$/, ''));
  const address = z.url({ protocol: /^https?$/ });
  const wrong = addresses.find((part) => !address.safeParse(part).success);
  if (wrong !== undefined) {
    context.addIssue({
      code: 'custom',
      message: `must be addresses such as https://huggingface.co, which ${JSON.stringify(wrong)} is not`,
    });
    return z.NEVER;
  }
  return addresses.join(',');
});
/** Number() would take '', true and null for numbers, so only a run of digits is turned into one. */
export const wholeNumber = (least: number, most: number) =>
  z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)], `must be a whole number from ${least} to ${most}`)
    .refine((number) => Number.isInteger(number) && number >= least && number <= most, `must be a whole number from ${least} to ${most}`);

const byteUnits: Record<string, number> = {
  '': 1,
  k: 1e3,
  kb: 1e3,
  kib: 1024,
  m: 1e6,
  mb: 1e6,
  mib: 1024 ** 2,
  g: 1e9,
  gb: 1e9,
  gib: 1024 ** 3,
};
/** A number of bytes, with a unit or without; at least 1. */
export const byteCount = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d+(\.\d+)?\s*([kmg]i?b?)?$/i, 'must be a number of bytes such as 67108864, 64MiB or 8GB')
      .transform((text) => {
        const [, amount = '0', unit = ''] = /^([\d.]+)\s*([a-z]*)$/i.exec(text) ?? [];
        return Math.round(Number(amount) * (byteUnits[unit.toLowerCase()] ?? 1));
      }),
  ])
  .refine((bytes) => Number.isSafeInteger(bytes) && bytes > 0, 'must be a whole number of bytes above 0');

const durationUnits: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600 };
/** Seconds; null = for ever. */
export const duration = z.union([
  z.null(),
  z.int().transform((seconds) => (seconds < 0 ? null : seconds)),
  z
    .string()
    .regex(/^(-1|forever|\d+[smh]?)$/, 'must be seconds or a duration such as 300, 5m or 1h; -1 or forever never ends')
    .transform((text) => {
      if (text === '-1' || text === 'forever') return null;
      return Number.parseInt(text, 10) * (durationUnits[text.replace(/\d+/, '')] ?? 1);
    }),
]);

/** The route families that an extra listener can serve at its root. */
const listenerFamilies = ['ingrain-models', 'ingrain-inference', 'innodisk', 'afai', 'pieces', 'ollama'] as const;
export type ListenerFamily = (typeof listenerFamilies)[number];

/** Extra listeners: `family=port` with commas between, or a JSON object. */
export const ports = z.union([
  z.partialRecord(z.enum(listenerFamilies), wholeNumber(0, 65535)),
  list.transform((pairs, context) => {
    const result: Partial<Record<ListenerFamily, number>> = {};
    for (const pair of pairs) {
      const [, family, port] = /^([^=]*)=(\d+)$/.exec(pair) ?? [];
      const known = listenerFamilies.find((name) => name === family);
      const number = wholeNumber(0, 65535).safeParse(port);
      if (!known || !number.success) {
        context.addIssue({
          code: 'custom',
          message: `must be pairs such as ingrain-models=8687 with a family of ${listenerFamilies.join(', ')}, which ${JSON.stringify(pair)} is not`,
        });
        return z.NEVER;
      }
      result[known] = number.data;
    }
    return result;
  }),
]);
