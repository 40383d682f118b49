import { quote, UnsupportedModelError } from '../../errors.ts';
import type { JsonObject } from '../json-file.ts';

/** Throws `UNSUPPORTED_MODEL` naming a setting that is not known here and not empty: it might change the numbers. */
export function refuseUnknownKeys(object: JsonObject, known: ReadonlySet<string>, { file, path }: { file: string; path: string }): void {
  const unknown = Object.keys(object).find((key) => !known.has(key) && object[key] !== null && object[key] !== false);
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
