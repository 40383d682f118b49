import type { JsonObject } from '../json-file.ts';
import type { StoredTensors } from '../safetensors-types.ts';

/** What a family's tensors do not tell. */
interface Family {
  /** How the names of its repositories look, without the owner. */
  readonly pattern: RegExp;
  readonly modelType: string;
  readonly epsilon: number;
  readonly padId: number;
}

const families: readonly Family[] = [
  { pattern: /^xlm-(roberta|v)-/, modelType: 'xlm-roberta', epsilon: 1e-5, padId: 1 },
  { pattern: /(^|-)camembert/, modelType: 'camembert', epsilon: 1e-5, padId: 1 },
  { pattern: /(^|-)roberta/, modelType: 'roberta', epsilon: 1e-5, padId: 1 },
  { pattern: /(^|-)bert-/, modelType: 'bert', epsilon: 1e-12, padId: 0 },
];

const prefix = 'text.transformer.';
/** The width of a head in every published model of these families. */
const usualHeadSize = 64;

/** Whether a repository's name is that of a family here. */
export function isKnownLanguageModel(repository: string): boolean {
  return familyOf(repository) !== undefined;
}

/**
 * A config.json for an encoder that open_clip's checkpoints only name: the sizes come from the tensors. Null for a name of no
 * family here, or tensors that are not the family's.
 */
export function languageModelConfig(repository: string, tensors: StoredTensors): JsonObject | null {
  const family = familyOf(repository);
  if (!family) return null;
  const shapeOf = (tensor: string): readonly number[] => tensors.get(prefix + tensor)?.shape ?? [];
  const [vocabularySize, hiddenSize = 0] = shapeOf('embeddings.word_embeddings.weight');
  const [positions] = shapeOf('embeddings.position_embeddings.weight');
  const [types] = shapeOf('embeddings.token_type_embeddings.weight');
  const [intermediate] = shapeOf('encoder.layer.0.intermediate.dense.weight');
  let layers = 0;
  while (tensors.has(`${prefix}encoder.layer.${layers}.intermediate.dense.weight`)) layers += 1;
  if (vocabularySize === undefined || intermediate === undefined || hiddenSize % usualHeadSize !== 0) return null;
  return {
    model_type: family.modelType,
    vocab_size: vocabularySize,
    hidden_size: hiddenSize,
    intermediate_size: intermediate,
    max_position_embeddings: positions,
    type_vocab_size: types,
    num_hidden_layers: layers,
    num_attention_heads: hiddenSize / usualHeadSize,
    layer_norm_eps: family.epsilon,
    pad_token_id: family.padId,
  };
}

function familyOf(repository: string): Family | undefined {
  const name = repository.slice(repository.lastIndexOf('/') + 1).toLowerCase();
  return families.find(({ pattern }) => pattern.test(name));
}
