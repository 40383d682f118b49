import { quote, UnsupportedModelError } from '../../errors.ts';
import type { JsonObject } from '../json-file.ts';

/**
 * Throws `UNSUPPORTED_MODEL` naming a setting that is not known here and not empty: it might change the numbers.
 *
 * @param ignoresFalse whether false says as little as null: of a feature that is not there, not of an argument.
 */
export function refuseUnknownKeys(
  object: JsonObject,
  known: ReadonlySet<string>,
  { file, path, ignoresFalse = true }: { file: string; path: string; ignoresFalse?: boolean },
): void {
  const isEmpty = (value: unknown): boolean => value === null || (ignoresFalse && value === false);
  const unknown = Object.keys(object).find((key) => !known.has(key) && !isEmpty(object[key]));
  if (unknown === undefined) return;
  throw new UnsupportedModelError({
    reason: `${file}: the setting ${quote(path === '' ? unknown : `${path}.${unknown}`)} is not known here.`,
    remedy: 'Use a checkpoint whose configuration has only settings of open_clip.',
  });
}

/** Throws `UNSUPPORTED_MODEL` for an option of open_clip that is not built. */
export function unsupportedOption(option: string): UnsupportedModelError {
  return new UnsupportedModelError({
    reason: `open_clip's ${option} is not built here.`,
    remedy: 'Choose another checkpoint.',
  });
}
