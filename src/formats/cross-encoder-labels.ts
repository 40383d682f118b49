import { InvalidModelFileError, quote } from '../errors.ts';
import { jsonFields } from './json-fields.ts';
import { isJsonObject, type JsonObject } from './json-file.ts';

/** More classes than any published text classifier has: a config must not make us write a list without end. */
const mostLabels = 100_000;

/**
 * Names of a classifier's labels in output order: of `id2label`, else made from `num_labels`, else two.
 * Throws `INVALID_MODEL_FILE` unless the ids count from 0.
 *
 * Reference: transformers, `configuration_utils.py`, `PretrainedConfig.__init__`.
 */
export function readLabels(config: JsonObject, file: string): string[] {
  const named = config.id2label ?? null;
  if (named === null) {
    const count = jsonFields(config, file).integer('num_labels', { min: 1, max: mostLabels, default: 2 });
    return Array.from({ length: count }, (_, id) => `LABEL_${id}`);
  }
  const fail = (message: string): never => {
    throw new InvalidModelFileError({ file, message: `id2label ${message}` });
  };
  if (!isJsonObject(named)) return fail('must be an object.');
  const entries = Object.entries(named);
  if (entries.length === 0 || entries.length > mostLabels) return fail(`must name 1 to ${mostLabels} labels; it names ${entries.length}.`);
  const labels = new Array<string>(entries.length);
  for (const [key, label] of entries) {
    const id = /^\d{1,6}$/.test(key) ? Number(key) : Number.POSITIVE_INFINITY;
    if (id >= entries.length || labels[id] !== undefined)
      return fail(`has the id ${quote(key)}; ids count from 0 to ${entries.length - 1}.`);
    labels[id] = typeof label === 'string' ? label : JSON.stringify(label);
  }
  return labels;
}
