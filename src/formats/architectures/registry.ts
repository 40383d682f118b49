import { UnsupportedModelError } from '../../errors.ts';
import { isJsonObject } from '../json-file.ts';
import type { TextArchitecture } from './architecture.ts';
import { bert } from './bert.ts';
import { distilbert } from './distilbert.ts';
import { gemma3 } from './gemma3.ts';
import { gte, newGte } from './gte.ts';
import { modernbert } from './modernbert.ts';
import { mpnet } from './mpnet.ts';
import { nomicBert } from './nomic-bert.ts';
import { qwen3 } from './qwen3.ts';
import { camembert, roberta, xlmRoberta } from './roberta.ts';

/** The families that are built here; a new one is one file and one line. */
const textArchitectures: readonly TextArchitecture[] = [
  bert,
  roberta,
  xlmRoberta,
  camembert,
  distilbert,
  mpnet,
  modernbert,
  nomicBert,
  newGte,
  gte,
  qwen3,
  gemma3,
];

/**
 * The family of a parsed config.json, or null. `model_type` decides, as in transformers' AutoModel: a checkpoint that was
 * trained as `BertForMaskedLM` holds the same encoder. Only a config without one is judged by its class names.
 */
export function findTextArchitecture(config: unknown): TextArchitecture | null {
  if (!isJsonObject(config)) return null;
  const { model_type: modelType } = config;
  if (typeof modelType === 'string') return textArchitectures.find((family) => family.modelType === modelType) ?? null;
  const className = classNameOf(config);
  if (className === null) return null;
  return (
    textArchitectures.find(({ classPrefix }) => className.startsWith(`${classPrefix}Model`) || className.startsWith(`${classPrefix}For`)) ??
    null
  );
}

/**
 * Whether a model with this parsed config.json runs straight from its safetensors. A variant that its family does not build
 * does not; what is wrong in a config is said later, by the reader of the whole checkpoint.
 */
export function isBuiltArchitecture(config: unknown): boolean {
  const family = findTextArchitecture(config);
  if (!family || !isJsonObject(config)) return false;
  try {
    family.read(config, 'config.json');
  } catch (error) {
    if (error instanceof UnsupportedModelError) return false;
  }
  return true;
}

/** What the config calls the model: its first class name, else made from `model_type`; null where it says neither. */
export function architectureName(config: unknown): string | null {
  if (!isJsonObject(config)) return null;
  const named = classNameOf(config);
  if (named !== null) return named;
  const { model_type: modelType } = config;
  if (typeof modelType !== 'string' || modelType === '') return null;
  const family = textArchitectures.find((candidate) => candidate.modelType === modelType);
  return family ? `${family.classPrefix}Model` : modelType;
}

function classNameOf({ architectures }: Readonly<Record<string, unknown>>): string | null {
  const first: unknown = Array.isArray(architectures) ? architectures[0] : null;
  return typeof first === 'string' && first !== '' ? first : null;
}
