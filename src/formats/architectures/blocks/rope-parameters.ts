import { quote } from '../../../errors.ts';
import { jsonFields } from '../../json-fields.ts';
import { isJsonObject, type JsonObject } from '../../json-file.ts';
import { unsupportedVariant } from '../variants.ts';

/**
 * The base θ of a rotation: from `rope_parameters`, where transformers 5 keeps it (by layer type, in models with several), else
 * from the field of older configs. Throws `UNSUPPORTED_MODEL` for a scaled rotation.
 */
export function readTheta(
  config: JsonObject,
  { file, name, fallback, layerType }: { file: string; name: string; fallback: number; layerType?: string },
): number {
  const old = jsonFields(config, file).number(name, { default: fallback });
  const { rope_parameters: all } = config;
  const parameters = layerType !== undefined && isJsonObject(all) ? all[layerType] : all;
  if (!isJsonObject(parameters)) return old;
  const fields = jsonFields(parameters, file);
  const kind = fields.string('rope_type', { default: 'default' });
  if (kind !== 'default') throw unsupportedVariant(`A rotation with rope_type ${quote(kind)}`);
  return fields.number('rope_theta', { default: old });
}

/** Refuses a config that scales its rotation for longer texts. */
export function refuseRopeScaling(config: JsonObject): void {
  const { rope_scaling: scaling } = config;
  if (scaling === undefined || scaling === null) return;
  const kind = isJsonObject(scaling) ? (scaling.rope_type ?? scaling.type) : scaling;
  if (kind !== 'default') throw unsupportedVariant(`A rotation with rope_scaling ${quote(String(kind))}`);
}
