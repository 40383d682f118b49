import { fileTypeIds } from '../gguf/file-types.ts';
import type { WritableType } from '../gguf/ggml-types.ts';
import { bool, f32, f32s, type GgufValue, i32s, text, texts, u32 } from '../gguf/metadata-values.ts';
import type { CausalConfig } from './causal-config.ts';
import type { RopeScaling } from './rope-scaling.ts';
import type { TokenizerSettings } from './tokenizer-settings.ts';
import type { ConvertedVocabulary } from './vocabulary.ts';

/** What llama.cpp calls the kinds of tokenizer: after the models that had them first. */
const modelNames = { SPM: 'llama', UGM: 't5', BPE: 'gpt2' } as const;

type Pairs = [key: string, value: GgufValue][];

/** The metadata of a converted model: its sizes, its tokenizer, its templates. */
export function modelMetadata({
  config,
  name,
  license,
  type,
  ...tokenizer
}: {
  config: CausalConfig;
  name: string;
  license: string | null;
  type: WritableType;
  vocabulary: ConvertedVocabulary;
  settings: TokenizerSettings;
  addsBeginToken: boolean;
}): Pairs {
  const { architecture, heads, kvHeads, headWidth } = config;
  const at = (key: string) => `${architecture}.${key}`;
  return [
    ['general.architecture', text(architecture)],
    ['general.type', text('model')],
    ['general.name', text(name)],
    ...(license === null ? [] : ([['general.license', text(license)]] satisfies Pairs)),
    ['general.file_type', u32(fileTypeIds[type])],
    ['general.quantization_version', u32(2)],
    [at('context_length'), u32(config.contextLength)],
    [at('embedding_length'), u32(config.width)],
    [at('block_count'), u32(config.layers)],
    [at('feed_forward_length'), u32(config.feedForward)],
    [at('attention.head_count'), u32(heads)],
    [at('attention.head_count_kv'), u32(kvHeads)],
    [at('attention.key_length'), u32(headWidth)],
    [at('attention.value_length'), u32(headWidth)],
    [at('attention.layer_norm_rms_epsilon'), f32(config.normEpsilon)],
    [at('rope.dimension_count'), u32(headWidth)],
    [at('rope.freq_base'), f32(config.ropeTheta)],
    [at('vocab_size'), u32(config.vocabularySize)],
    ...scalingMetadata(config.ropeScaling, at),
    ...tokenizerMetadata(config, tokenizer),
  ];
}

function scalingMetadata(scaling: RopeScaling, at: (key: string) => string): Pairs {
  if (scaling.type === 'none' || scaling.type === 'llama3') return [];
  const pairs: Pairs = [
    [at('rope.scaling.type'), text(scaling.type)],
    [at('rope.scaling.factor'), f32(scaling.factor)],
  ];
  if (scaling.type === 'linear') return pairs;
  const { originalLength, attentionFactor, betaFast, betaSlow } = scaling;
  pairs.push([at('rope.scaling.original_context_length'), u32(originalLength)]);
  if (attentionFactor !== null) pairs.push([at('rope.scaling.yarn_attn_factor'), f32(attentionFactor)]);
  if (betaFast !== null) pairs.push([at('rope.scaling.yarn_beta_fast'), f32(betaFast)]);
  if (betaSlow !== null) pairs.push([at('rope.scaling.yarn_beta_slow'), f32(betaSlow)]);
  return pairs;
}

function tokenizerMetadata(
  config: CausalConfig,
  { vocabulary, settings, addsBeginToken }: { vocabulary: ConvertedVocabulary; settings: TokenizerSettings; addsBeginToken: boolean },
): Pairs {
  const { kind, tokens, merges, pre, addSpacePrefix } = vocabulary;
  const ids = specialIds(config, vocabulary, settings);
  const pairs: Pairs = [
    ['tokenizer.ggml.model', text(modelNames[kind])],
    ['tokenizer.ggml.pre', text(pre)],
    ['tokenizer.ggml.tokens', texts(tokens.map((token) => token.text))],
    ['tokenizer.ggml.token_type', i32s(tokens.map((token) => token.type))],
  ];
  if (kind !== 'BPE') pairs.push(['tokenizer.ggml.scores', f32s(tokens.map(({ score }) => score))]);
  else pairs.push(['tokenizer.ggml.merges', texts(merges)]);
  for (const [name, id] of ids) pairs.push([`tokenizer.ggml.${name}_token_id`, u32(id)]);
  pairs.push(['tokenizer.ggml.add_bos_token', bool(addsBeginToken && ids.has('bos'))], ['tokenizer.ggml.add_eos_token', bool(false)]);
  if (addSpacePrefix !== null) pairs.push(['tokenizer.ggml.add_space_prefix', bool(addSpacePrefix)]);
  if (vocabulary.removeExtraWhitespaces !== undefined) {
    pairs.push(['tokenizer.ggml.remove_extra_whitespaces', bool(vocabulary.removeExtraWhitespaces)]);
  }
  if (vocabulary.charactersMap)
    pairs.push(['tokenizer.ggml.precompiled_charsmap', { type: 'array', of: 'u8', values: vocabulary.charactersMap }]);
  return [...pairs, ...templateMetadata(settings.templates)];
}

/** Ids by llama.cpp's short names; of several that end an answer, it has room for three. */
function specialIds({ beginIds, endIds }: CausalConfig, { tokens }: ConvertedVocabulary, settings: TokenizerSettings): Map<string, number> {
  const idOf = (name: string): number[] => {
    const content = settings.token(name);
    const id = content === null ? -1 : tokens.findIndex((token) => token.text === content);
    return id < 0 ? [] : [id];
  };
  const inside = (list: readonly number[]) => list.filter((id) => id < tokens.length);
  const ids = new Map<string, number>();
  const set = (name: string, id: number | undefined) => (id === undefined ? undefined : ids.set(name, id));
  set('bos', inside([...idOf('bos_token'), ...beginIds])[0]);
  const ends = [...new Set(inside([...idOf('eos_token'), ...settings.endIds, ...endIds]))];
  for (const [index, name] of ['eos', 'eot', 'eom'].entries()) set(name, ends[index]);
  set('unknown', idOf('unk_token')[0]);
  set('padding', idOf('pad_token')[0]);
  return ids;
}

function templateMetadata(templates: ReadonlyMap<string, string>): Pairs {
  const usual = templates.get('default');
  const others = [...templates].filter(([name]) => name !== 'default');
  return [
    ...(usual === undefined ? [] : ([['tokenizer.chat_template', text(usual)]] satisfies Pairs)),
    ...(others.length === 0 ? [] : ([['tokenizer.chat_templates', texts(others.map(([name]) => name))]] satisfies Pairs)),
    ...others.map(([name, template]): Pairs[number] => [`tokenizer.chat_template.${name}`, text(template)]),
  ];
}
