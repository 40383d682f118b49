import { InvalidModelFileError } from '../../errors.ts';
import { type JsonFields, jsonFields } from '../json-fields.ts';
import { isJsonObject, type JsonObject } from '../json-file.ts';

/** Width of the logits as config.json says it; null where it does not. */
export function countTimmClasses(config: JsonObject, file: string): number | null {
  const inner = isJsonObject(config.pretrained_cfg) ? config.pretrained_cfg : {};
  const args = isJsonObject(config.model_args) ? config.model_args : {};
  const holder = [args, config, inner].find((entry) => Object.hasOwn(entry, 'num_classes') && entry.num_classes !== null);
  return holder === undefined ? null : jsonFields(holder, file).integer('num_classes', { max: 1_000_000 });
}

/** `model_args`: what overrides the arguments that an architecture's name stands for. */
export function timmOverrides(config: JsonObject, file: string): JsonFields {
  const args = config.model_args ?? {};
  if (!isJsonObject(args)) throw new InvalidModelFileError({ file, message: 'model_args must be an object.' });
  return jsonFields(args, file);
}
