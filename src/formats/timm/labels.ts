import { InvalidModelFileError } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../json-file.ts';

/**
 * Labels of a timm classifier in output order: the words of `label_descriptions` for each entry of `label_names`, else the entry itself, else
 * `class 0`, `class 1`, …
 *
 * @param config the whole config.json; either field may lie in `pretrained_cfg`, and older files call the first `labels`.
 * @param count width of the logits
 */
export function readTimmLabels(config: JsonObject, count: number, file: string): string[] {
  const inner = isJsonObject(config.pretrained_cfg) ? config.pretrained_cfg : {};
  const names = config.label_names ?? config.labels ?? inner.label_names ?? inner.labels ?? null;
  const descriptions = config.label_descriptions ?? inner.label_descriptions ?? null;
  if (names !== null && typeof names !== 'object')
    throw new InvalidModelFileError({ file, message: 'label_names must be a list or an object.' });
  return Array.from({ length: count }, (_, index) => {
    const name = textAt(names, index);
    return textAt(descriptions, name ?? index) ?? textAt(descriptions, index) ?? name ?? `class ${index}`;
  });
}

function textAt(entries: unknown, key: string | number): string | null {
  if (typeof entries !== 'object' || entries === null || !Object.hasOwn(entries, key)) return null;
  const text = (entries as Readonly<Record<string | number, unknown>>)[key];
  return typeof text === 'string' ? text : null;
}
