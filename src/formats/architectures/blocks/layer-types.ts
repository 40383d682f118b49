import { InvalidModelFileError, quote } from '../../../errors.ts';
import type { JsonObject } from '../../json-file.ts';
import { unsupportedVariant } from '../variants.ts';

const layerTypes = ['full_attention', 'sliding_attention'] as const;

/** How far the tokens of a layer see. */
export type LayerType = (typeof layerTypes)[number];

/** The type of each layer: from `layer_types`, or by the rule of configs that lack it. */
export function readLayerTypes(
  { layer_types: named }: JsonObject,
  { file, count, typeOf }: { file: string; count: number; typeOf: (layer: number) => LayerType },
): LayerType[] {
  if (named === undefined || named === null) return Array.from({ length: count }, (_, layer) => typeOf(layer));
  if (!Array.isArray(named) || named.length !== count) {
    throw new InvalidModelFileError({ file, message: `layer_types must name the type of each of the ${count} layers.` });
  }
  return named.map((name: unknown) => {
    const type = layerTypes.find((known) => known === name);
    if (type === undefined) throw unsupportedVariant(`A layer of type ${quote(String(name))}`);
    return type;
  });
}
