import { quote, UnsupportedModelError } from '../../errors.ts';
import type { TextEncoder } from '../architectures/architecture.ts';
import { activationNamed } from '../architectures/blocks/activation.ts';
import { linear } from '../architectures/blocks/linear.ts';
import { findTextArchitecture, isBuiltArchitecture } from '../architectures/registry.ts';
import { jsonFields } from '../json-fields.ts';
import { hasFile, type JsonObject, readJsonObject } from '../json-file.ts';
import { buildPooling } from '../modules/pooling.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { StoredTensors } from '../safetensors-types.ts';
import { tokenAt } from '../towers/tokens.ts';
import type { TextTowerDescription } from '../towers/tower-description.ts';
import type { Weights } from '../weights.ts';
import { openClipConfigFile as file, type OpenClipConfig } from './config.ts';
import { refuseUnknownKeys, unsupportedOption } from './known-keys.ts';
import { isKnownLanguageModel, languageModelConfig } from './language-model-config.ts';

const keys = new Set([
  'hf_model_name',
  'hf_tokenizer_name',
  'hf_pooler_type',
  'hf_proj_type',
  'context_length',
  'tokenizer_kwargs',
  'tokenizer_mode',
  // What the two were called at first.
  'pooler_type',
  'proj',
  // Training, and settings of open_clip's own tower that upstream does not look at here.
  'hf_model_pretrained',
  'output_tokens',
  'vocab_size',
  'width',
  'heads',
  'layers',
  'pool_type',
]);
const poolers = ['mean_pooler', 'cls_pooler', 'cls_last_hidden_state_pooler'];

/**
 * A text tower that transformers made: `HFTextEncoder` in open_clip's `hf_model.py`. The encoder's own configuration is a config.json
 * beside the weights, else what its name and the tensors say.
 */
export async function readLanguageModel(
  folder: string,
  { text, embedDimensions }: OpenClipConfig,
  { tensors, padId }: { tensors: StoredTensors; padId: number },
): Promise<TextTowerDescription> {
  refuseUnknownKeys(text, keys, { file, path: 'text_cfg' });
  const fields = jsonFields(text, file);
  const name = fields.string('hf_model_name');
  const encoder = await readEncoder(folder, name, tensors);
  const pooler = fields.string('hf_pooler_type', { default: fields.string('pooler_type', { default: 'mean_pooler' }) });
  if (!poolers.includes(pooler)) throw unsupportedOption(`hf_pooler_type ${quote(pooler)}`);
  // A null is a choice here: no projection where the widths agree.
  const named = ['hf_proj_type', 'proj'].find((key) => Object.hasOwn(text, key));
  const projection = named === undefined ? 'mlp' : (text[named] ?? null);
  const isIdentity = projection === null && encoder.hiddenSize === embedDimensions;
  if (!isIdentity && projection !== 'linear' && projection !== 'mlp') throw unsupportedOption(`hf_proj_type ${quote(String(projection))}`);
  return {
    contextLength: Math.min(fields.integer('context_length', { min: 1, default: 77 }), encoder.maxPositions),
    padding: 'LONGEST',
    vocabularySize: encoder.vocabularySize,
    summary: `${name}, ${encoder.summary}, with ${pooler}`,
    write(graph, weights, { ids }) {
      const { hidden, mask } = encode(graph, weights.withPrefix('transformer.'), encoder, { ids, padId });
      const pooled = pool(graph, weights.withPrefix('transformer.'), hidden, { pooler, mask, size: encoder.hiddenSize });
      if (isIdentity) return pooled;
      return project(graph, weights.withPrefix('proj'), pooled, {
        from: encoder.hiddenSize,
        to: embedDimensions,
        isDeep: projection === 'mlp',
      });
    },
  };
}

/** The encoder's tokens; upstream masks every padding id, also one that was typed. */
function encode(
  graph: GraphBuilder,
  weights: Weights,
  encoder: TextEncoder,
  { ids, padId }: { ids: Value; padId: number },
): { hidden: Value; mask: Value } {
  const isPadding = graph.node('Equal', [graph.cast(ids, 'INT64'), graph.integers(padId)]);
  const mask = graph.cast(graph.node('Not', [isPadding]), 'INT32');
  const typeIds = graph.node('Mul', [ids, graph.cast(graph.integers(0), 'INT32')]);
  return { hidden: encoder.build(graph, weights, { ids, mask, typeIds }), mask };
}

function pool(
  graph: GraphBuilder,
  weights: Weights,
  hidden: Value,
  { pooler, mask, size }: { pooler: string; mask: Value; size: number },
): Value {
  if (pooler === 'mean_pooler') return buildPooling(graph, { modes: ['mean'], includePrompt: true }, hidden, mask);
  const first = tokenAt(graph, hidden, 0);
  if (pooler !== 'cls_pooler' || !weights.has('pooler.dense.weight')) return first;
  return graph.node('Tanh', [linear(graph, weights, first, { name: 'pooler.dense', from: size, to: size })]);
}

function project(
  graph: GraphBuilder,
  weights: Weights,
  input: Value,
  { from, to, isDeep }: { from: number; to: number; isDeep: boolean },
): Value {
  if (!isDeep) return linear(graph, weights, input, { name: '', from, to, bias: false });
  const middle = Math.floor((from + to) / 2);
  const wide = linear(graph, weights, input, { name: '.0', from, to: middle, bias: false });
  const active = activationNamed('gelu', file)(graph, wide);
  return linear(graph, weights, active, { name: '.2', from: middle, to, bias: false });
}

async function readEncoder(folder: string, name: string, tensors: StoredTensors): Promise<TextEncoder> {
  const own = (await hasFile(folder, 'config.json')) ? await readJsonObject(folder, 'config.json') : null;
  const config: JsonObject | null = own && isBuiltArchitecture(own) ? own : languageModelConfig(name, tensors);
  const family = config && findTextArchitecture(config);
  if (family && !family.isDecoder) return family.read(config, own === config ? 'config.json' : file);
  throw notBuilt(name);
}

/** Throws `UNSUPPORTED_MODEL` for a text tower whose family, as its name says it, is not built. */
export function requireLanguageModel(name: string): void {
  if (!isKnownLanguageModel(name)) throw notBuilt(name);
}

function notBuilt(name: string): UnsupportedModelError {
  return new UnsupportedModelError({
    reason: `The text tower ${quote(name)} is not built here.`,
    remedy: 'Choose a checkpoint whose texts are read by CLIP, BERT, RoBERTa or XLM-R.',
  });
}
