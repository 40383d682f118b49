import { quote, UnsupportedModelError } from '../../errors.ts';
import type { JsonFields } from '../json-fields.ts';

/** timm's names of activations that are spelled otherwise here. */
const activationNames: Readonly<Record<string, string>> = {
  gelu_tanh: 'gelu_pytorch_tanh',
  quickgelu: 'quick_gelu',
  hard_swish: 'hardswish',
  hard_sigmoid: 'hardsigmoid',
  swish: 'silu',
};

/** The activation of `act_layer`, by its name in `activationNamed`; `usual` where config.json does not say. */
export function activationOf(overrides: JsonFields, usual: string): string {
  const name = overrides.string('act_layer', { default: usual }).toLowerCase();
  return Object.hasOwn(activationNames, name) ? (activationNames[name] ?? name) : name;
}

/** Throws `UNSUPPORTED_MODEL` where config.json overrides an argument that is built for one value only; null for its absence. */
export function refuseOverrides(overrides: JsonFields, built: Readonly<Record<string, number | string | boolean | null>>): void {
  for (const [name, value] of Object.entries(built)) {
    if (!overrides.has(name)) continue;
    const isBuilt =
      (typeof value === 'number' && overrides.number(name) === value) ||
      (typeof value === 'string' && overrides.string(name) === value) ||
      (typeof value === 'boolean' && overrides.boolean(name) === value);
    if (isBuilt) continue;
    throw new UnsupportedModelError({
      reason: `model_args of config.json give ${quote(name)}${value === null ? '' : ` another value than ${value}`}, which is not built here.`,
      remedy: 'Put an onnx/model.onnx beside the weights.',
    });
  }
}
