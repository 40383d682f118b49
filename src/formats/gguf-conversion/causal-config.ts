import { quote, UnsupportedModelError } from '../../errors.ts';
import { type JsonFields, jsonFields } from '../json-fields.ts';
import { isJsonObject, type JsonObject, readJsonObject } from '../json-file.ts';
import { type RopeScaling, readRopeScaling } from './rope-scaling.ts';

/** The names in `general.architecture` of what can be converted, by the class that a config.json names. */
const architectures = {
  LlamaForCausalLM: 'llama',
  MistralForCausalLM: 'llama',
  Qwen2ForCausalLM: 'qwen2',
  Qwen3ForCausalLM: 'qwen3',
} as const;

export type CausalArchitecture = (typeof architectures)[keyof typeof architectures];

/** Sizes and settings of a causal language model in the transformers layout. */
export interface CausalConfig {
  readonly architecture: CausalArchitecture;
  /** The class as the config names it. */
  readonly className: string;
  readonly vocabularySize: number;
  readonly width: number;
  readonly feedForward: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headWidth: number;
  /** The most tokens for which the numbers are the model's own: no more than a sliding window has. */
  readonly contextLength: number;
  readonly normEpsilon: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling;
  readonly hasTiedEmbeddings: boolean;
  /** Whether projections of attention have biases; of the output too in llama. */
  readonly hasAttentionBias: boolean;
  readonly hasFeedForwardBias: boolean;
  /** `bos_token_id` and `eos_token_id`, where it has them. */
  readonly beginIds: readonly number[];
  readonly endIds: readonly number[];
}

export const configFile = 'config.json';

/** Whether a parsed config.json is of a class that is converted to GGUF here. Says nothing of whether its details can be. */
export function isConvertible(config: unknown): boolean {
  return isJsonObject(config) && classNameOf(config) in architectures;
}

/** Reads config.json. Throws `INVALID_MODEL_FILE`, and `UNSUPPORTED_MODEL` for a variant whose numbers would come out wrong. */
export async function readCausalConfig(folder: string): Promise<CausalConfig> {
  const config = await readJsonObject(folder, configFile);
  const fields = jsonFields(config, configFile);
  const className = classNameOf(config);
  const architecture = Object.hasOwn(architectures, className) ? architectures[className as keyof typeof architectures] : null;
  if (!architecture) throw unsupported(`${quote(className)} is not converted to GGUF`);
  refuseVariants(config, fields, architecture);
  const heads = fields.integer('num_attention_heads', { min: 1, max: 4096 });
  const width = fields.integer('hidden_size', { min: 1, max: 2 ** 20 });
  const kvHeads = fields.integer('num_key_value_heads', { min: 1, max: heads, default: heads });
  const headWidth = fields.integer('head_dim', {
    min: 2,
    max: 2 ** 16,
    default: architecture === 'qwen3' ? 128 : Math.max(2, Math.floor(width / heads)),
  });
  if (heads % kvHeads !== 0) throw unsupported(`its ${heads} heads do not share ${kvHeads} heads of keys and values evenly`);
  if (headWidth % 2 !== 0) throw unsupported(`a head of ${headWidth} values cannot be rotated`);
  if (architecture === 'qwen2' && heads * headWidth !== width)
    throw unsupported(`qwen2 with heads of ${headWidth} values in place of ${width / heads}`);
  const positions = fields.integer('max_position_embeddings', { min: 1, default: 2048 });
  return {
    architecture,
    className,
    vocabularySize: fields.integer('vocab_size', { min: 1, max: 2 ** 21 }),
    width,
    feedForward: fields.integer('intermediate_size', { min: 1, max: 2 ** 22 }),
    layers: fields.integer('num_hidden_layers', { min: 1, max: 512 }),
    heads,
    kvHeads,
    headWidth,
    contextLength: Math.min(positions, slidingWindow(config, fields, architecture) ?? positions),
    normEpsilon: fields.number('rms_norm_eps', { default: 1e-6 }),
    ropeTheta: ropeTheta(config, fields),
    ropeScaling: readRopeScaling(config, configFile),
    hasTiedEmbeddings: fields.boolean('tie_word_embeddings', { default: false }),
    hasAttentionBias: architecture === 'qwen2' || fields.boolean('attention_bias', { default: false }),
    hasFeedForwardBias: fields.boolean('mlp_bias', { default: false }),
    beginIds: idsOf(config.bos_token_id),
    endIds: idsOf(config.eos_token_id),
  };
}

/** One id or a list of them. */
export function idsOf(value: unknown): number[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((id): id is number => Number.isSafeInteger(id) && (id as number) >= 0);
}

export function unsupported(what: string): UnsupportedModelError {
  return new UnsupportedModelError({
    reason: `The checkpoint cannot become a GGUF here: ${what}.`,
    remedy: 'Use a GGUF of this model that its makers or somebody else converted.',
  });
}

function classNameOf({ architectures: names }: JsonObject): string {
  const first: unknown = Array.isArray(names) ? names[0] : undefined;
  return typeof first === 'string' ? first : 'unnamed';
}

function refuseVariants(config: JsonObject, fields: JsonFields, architecture: CausalArchitecture): void {
  const activation = fields.string('hidden_act', { default: 'silu' });
  if (activation !== 'silu' && activation !== 'swish') throw unsupported(`its activation is ${quote(activation)}`);
  if (isJsonObject(config.quantization_config)) {
    throw unsupported(`its weights are quantised already (${quote(String(config.quantization_config.quant_method ?? 'unknown'))})`);
  }
  if (fields.has('partial_rotary_factor') && fields.number('partial_rotary_factor') !== 1)
    throw unsupported('only a part of each head is rotated');
  if (fields.integer('num_local_experts', { default: 0 }) > 1 || fields.integer('num_experts', { default: 0 }) > 1)
    throw unsupported('it is a mixture of experts');
  if (architecture === 'qwen3' && fields.boolean('attention_bias', { default: false })) throw unsupported('qwen3 with biases in attention');
}

/** Behind its window llama.cpp would still see what the model does not: so far, both agree. */
function slidingWindow(config: JsonObject, fields: JsonFields, architecture: CausalArchitecture): number | null {
  const isOn = architecture === 'llama' || fields.boolean('use_sliding_window', { default: false });
  return isOn && typeof config.sliding_window === 'number' ? fields.integer('sliding_window', { min: 1 }) : null;
}

function ropeTheta({ rope_parameters: parameters }: JsonObject, fields: JsonFields): number {
  const fallback = fields.number('rope_theta', { default: 10_000 });
  return isJsonObject(parameters) ? jsonFields(parameters, configFile).number('rope_theta', { default: fallback }) : fallback;
}
