import { InvalidModelFileError, quote, UnsupportedModelError } from '../../errors.ts';
import { jsonFields } from '../json-fields.ts';
import { isJsonObject, type JsonObject, readJsonObject } from '../json-file.ts';

export const adapterConfigFile = 'adapter_config.json';

/** What adapter_config.json of a PEFT folder says. */
export interface AdapterConfig {
  /** What `lora_B · lora_A` is multiplied by, as llama.cpp wants it: it divides by the rank. */
  alphaOf(rank: number): number;
}

/** Reads it. Throws `INVALID_MODEL_FILE`; `UNSUPPORTED_MODEL` for what is no plain LoRA. Reference: PEFT, LoraConfig. */
export async function readAdapterConfig(folder: string): Promise<AdapterConfig> {
  const config = await readJsonObject(folder, adapterConfigFile);
  const fields = jsonFields(config, adapterConfigFile);
  const kind = fields.string('peft_type', { default: '' });
  if (kind !== 'LORA') throw unsupportedAdapter(`it is of type ${quote(kind)}, not LORA`);
  refuseVariants(config);
  const alpha = fields.number('lora_alpha', { default: 8 });
  const isRankStabilized = fields.boolean('use_rslora', { default: false });
  const rank = fields.integer('r', { min: 1, default: 8 });
  return {
    alphaOf(found) {
      if (found !== rank)
        throw new InvalidModelFileError({ file: adapterConfigFile, message: `Its rank is ${rank}, but a pair has ${found}.` });
      // Rank-stabilised LoRA divides by the root of the rank.
      return isRankStabilized ? alpha * Math.sqrt(rank) : alpha;
    },
  };
}

export function unsupportedAdapter(what: string): UnsupportedModelError {
  return new UnsupportedModelError({
    reason: `The LoRA adapter cannot become a GGUF here: ${what}.`,
    remedy: 'Merge it into its model (merge_and_unload in PEFT) and use that.',
  });
}

function refuseVariants(config: JsonObject): void {
  if (config.use_dora === true) throw unsupportedAdapter('it is a DoRA');
  if (isNamed(config.modules_to_save))
    throw unsupportedAdapter(`it replaces whole modules (modules_to_save: ${listOf(config.modules_to_save)})`);
  if (isNamed(config.rank_pattern) || isNamed(config.alpha_pattern))
    throw unsupportedAdapter('its layers have ranks or alphas of their own');
  if (isNamed(config.layer_replication)) throw unsupportedAdapter('it repeats layers');
  if (typeof config.bias === 'string' && config.bias !== 'none') throw unsupportedAdapter(`it trains biases (bias: ${quote(config.bias)})`);
  if (config.fan_in_fan_out === true) throw unsupportedAdapter('its weights are transposed (fan_in_fan_out)');
  if (isNamed(config.trainable_token_indices)) throw unsupportedAdapter('it trains single tokens');
}

function isNamed(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : isJsonObject(value) && Object.keys(value).length > 0;
}

function listOf(value: unknown): string {
  return Array.isArray(value) ? value.slice(0, 5).map(String).join(', ') : '';
}
