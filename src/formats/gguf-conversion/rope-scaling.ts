import { InvalidModelFileError, quote, UnsupportedModelError } from '../../errors.ts';
import { type JsonFields, jsonFields } from '../json-fields.ts';
import { isJsonObject, type JsonObject } from '../json-file.ts';

/** How rotary positions are stretched beyond the length that was trained first. */
export type RopeScaling =
  | { readonly type: 'none' }
  | { readonly type: 'linear'; readonly factor: number }
  | {
      readonly type: 'yarn';
      readonly factor: number;
      readonly originalLength: number;
      readonly attentionFactor: number | null;
      readonly betaFast: number | null;
      readonly betaSlow: number | null;
    }
  | {
      readonly type: 'llama3';
      readonly factor: number;
      readonly lowFactor: number;
      readonly highFactor: number;
      readonly originalLength: number;
    };

/**
 * Reads `rope_scaling`, or `rope_parameters` as transformers 5 calls it. Throws `UNSUPPORTED_MODEL` for a kind that llama.cpp
 * does not have for these models. Reference: transformers, modeling_rope_utils.
 */
export function readRopeScaling(config: JsonObject, file: string): RopeScaling {
  const found = [config.rope_scaling, config.rope_parameters].find(isJsonObject);
  if (!found) return { type: 'none' };
  const fields = jsonFields(found, file);
  const type = fields.string('rope_type', { default: fields.string('type', { default: 'default' }) });
  switch (type) {
    // DYNAMIC stretches nothing up to the length that was trained, and a context is no longer than that.
    case 'default':
    case 'dynamic':
      return { type: 'none' };
    case 'linear':
      return { type, factor: factorOf(fields, file) };
    case 'yarn':
      return {
        type,
        factor: factorOf(fields, file),
        originalLength: fields.integer('original_max_position_embeddings', {
          min: 1,
          default: jsonFields(config, file).integer('max_position_embeddings', { min: 1 }),
        }),
        attentionFactor: optional(fields, 'attention_factor'),
        betaFast: optional(fields, 'beta_fast'),
        betaSlow: optional(fields, 'beta_slow'),
      };
    case 'llama3':
      return {
        type,
        factor: factorOf(fields, file),
        lowFactor: fields.number('low_freq_factor', { default: 1 }),
        highFactor: fields.number('high_freq_factor', { default: 4 }),
        originalLength: fields.integer('original_max_position_embeddings', { min: 1, default: 8192 }),
      };
    default:
      throw new UnsupportedModelError({
        reason: `The checkpoint cannot become a GGUF here: its rope scaling is of type ${quote(type)}.`,
        remedy: 'Use a GGUF of this model that its makers or somebody else converted.',
      });
  }
}

/** What each pair of values turns more slowly by: llama.cpp reads it as the tensor `rope_freqs.weight`. Reference: transformers, `_compute_llama3_parameters`. */
export function llama3Factors({
  scaling,
  theta,
  headWidth,
}: {
  scaling: Extract<RopeScaling, { type: 'llama3' }>;
  theta: number;
  headWidth: number;
}): Float32Array {
  const { factor, lowFactor, highFactor, originalLength } = scaling;
  return Float32Array.from({ length: headWidth / 2 }, (_, index) => {
    const wavelength = 2 * Math.PI * theta ** ((2 * index) / headWidth);
    if (wavelength < originalLength / highFactor) return 1;
    if (wavelength > originalLength / lowFactor) return factor;
    const smooth = (originalLength / wavelength - lowFactor) / (highFactor - lowFactor);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}

function factorOf(fields: JsonFields, file: string): number {
  const factor = fields.number('factor');
  if (factor > 0) return factor;
  throw new InvalidModelFileError({ file, message: `rope_scaling.factor must be above 0; got ${factor}.` });
}

function optional(fields: JsonFields, name: string): number | null {
  return fields.has(name) ? fields.number(name) : null;
}
