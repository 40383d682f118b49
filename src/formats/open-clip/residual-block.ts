import { InvalidModelFileError } from '../../errors.ts';
import { type Activation, activationNamed } from '../architectures/blocks/activation.ts';
import { layerNorm } from '../architectures/blocks/layer-norm.ts';
import { jsonFields } from '../json-fields.ts';
import { isJsonObject, type JsonObject } from '../json-file.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { feedForward } from '../towers/feed-forward.ts';
import { fusedProjection, selfAttention } from '../towers/self-attention.ts';
import { preNormBlock } from '../towers/vision-transformer-block.ts';
import type { Weights } from '../weights.ts';
import { refuseUnknownKeys, unsupportedOption } from './known-keys.ts';

/** A transformer as `vision_cfg` or `text_cfg` describes it. */
export interface OpenClipTransformer {
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  readonly innerWidth: number;
  readonly activation: Activation;
  readonly epsilon: number;
  readonly layerScale: boolean;
  /** Norms that `CustomResidualAttentionBlock` may have more than the plain block. */
  readonly extra: {
    readonly queryKeyNorm: boolean;
    readonly headScale: boolean;
    readonly innerNorm: boolean;
    readonly attentionNorm: boolean;
    readonly feedForwardNorm: boolean;
  };
}

/** The settings that both towers' transformers have. */
export const transformerKeys = [
  'width',
  'layers',
  'mlp_ratio',
  'ls_init_value',
  'act_kwargs',
  'norm_kwargs',
  'block_type',
  'qk_norm',
  'scaled_cosine_attn',
  'scale_heads',
  'scale_attn_inner',
  'scale_attn',
  'scale_fc',
];

/** Reads those settings. `heads` is named in one tower and follows from `head_width` in the other. */
export function readTransformer(
  config: JsonObject,
  { heads, width, quickGelu, layers, file }: { heads: number; width: number; layers: number; quickGelu: boolean; file: string },
): OpenClipTransformer {
  const fields = jsonFields(config, file);
  if (heads < 1 || width % heads !== 0) {
    throw new InvalidModelFileError({ file, message: `The width ${width} is no multiple of the ${heads} attention heads.` });
  }
  if (fields.boolean('scaled_cosine_attn', { default: false })) throw unsupportedOption('scaled_cosine_attn');
  const flag = (name: string): boolean => fields.boolean(name, { default: false });
  return {
    width,
    heads,
    layers,
    innerWidth: Math.trunc(width * fields.number('mlp_ratio', { default: 4 })),
    activation: readActivation(config, { quickGelu, file }),
    epsilon: readEpsilon(config, file),
    layerScale: fields.has('ls_init_value'),
    extra: {
      queryKeyNorm: flag('qk_norm'),
      headScale: flag('scale_heads'),
      innerNorm: flag('scale_attn_inner'),
      attentionNorm: flag('scale_attn'),
      feedForwardNorm: flag('scale_fc'),
    },
  };
}

/** `Transformer.forward` of open_clip's `transformer.py`: its layers lie under `resblocks.`. */
export function writeTransformer(
  graph: GraphBuilder,
  weights: Weights,
  input: Value,
  { transformer, mask }: { transformer: OpenClipTransformer; mask?: Value | undefined },
): Value {
  let hidden = input;
  for (let layer = 0; layer < transformer.layers; layer += 1) {
    hidden = residualBlock(graph, weights.withPrefix(`resblocks.${layer}.`), hidden, { transformer, mask });
  }
  return hidden;
}

/** `ResidualAttentionBlock` and `CustomResidualAttentionBlock`. */
function residualBlock(
  graph: GraphBuilder,
  weights: Weights,
  hidden: Value,
  { transformer, mask }: { transformer: OpenClipTransformer; mask: Value | undefined },
): Value {
  const { width, heads, innerWidth, activation, epsilon, layerScale, extra } = transformer;
  const headSize = width / heads;
  const norm = (name: string, size: number, value: Value): Value => layerNorm(graph, weights, value, { name, size, epsilon });
  const attention = {
    width,
    heads,
    headSize,
    project: fusedProjection({ weight: 'attn.in_proj_weight', bias: 'attn.in_proj_bias', from: width, to: width }),
    bias: mask,
    prepare: (_graph: GraphBuilder, _weights: Weights, states: Value, part: 'query' | 'key'): Value =>
      extra.queryKeyNorm ? norm(part === 'query' ? 'attn.ln_q' : 'attn.ln_k', headSize, states) : states,
    finish: (_graph: GraphBuilder, _weights: Weights, context: Value): Value => {
      const weighed = extra.headScale ? weighHeads(graph, weights, context, { heads, headSize }) : context;
      return extra.innerNorm ? norm('attn.ln_inner', width, weighed) : weighed;
    },
    output: 'attn.out_proj',
  };
  return preNormBlock(graph, weights, hidden, {
    width,
    epsilon,
    attentionNorm: 'ln_1',
    feedForwardNorm: 'ln_2',
    attentionScale: layerScale ? 'ls_1.gamma' : null,
    feedForwardScale: layerScale ? 'ls_2.gamma' : null,
    attend: (_graph, _weights, input) => {
      const attended = selfAttention(graph, weights, input, attention);
      return extra.attentionNorm ? norm('ln_attn', width, attended) : attended;
    },
    feed: (_graph, _weights, input) =>
      feedForward(graph, weights, input, {
        width,
        innerWidth,
        activation,
        wide: 'mlp.c_fc',
        narrow: 'mlp.c_proj',
        norm: extra.feedForwardNorm ? { name: 'mlp.ln', epsilon } : undefined,
      }),
  });
}

/** One learned weight a head (NormFormer), over joined heads F32 [batch, sequence, width]. */
function weighHeads(
  graph: GraphBuilder,
  weights: Weights,
  context: Value,
  { heads, headSize }: { heads: number; headSize: number },
): Value {
  const scale = graph.reshape(weights.tensor('attn.head_scale', [heads, 1, 1]), [heads, 1]);
  const weighed = graph.multiply(graph.reshape(context, [0, 0, heads, headSize]), scale);
  return graph.reshape(weighed, [0, 0, heads * headSize]);
}

/** `QuickGELU` or `torch.nn.GELU` with its `act_kwargs`. */
function readActivation(config: JsonObject, { quickGelu, file }: { quickGelu: boolean; file: string }): Activation {
  const { act_kwargs: options } = config;
  if (options === undefined || options === null) return activationNamed(quickGelu ? 'quick_gelu' : 'gelu', file);
  if (!isJsonObject(options)) throw new InvalidModelFileError({ file, message: 'act_kwargs must be an object.' });
  refuseUnknownKeys(options, new Set(['approximate']), { file, path: 'act_kwargs', ignoresFalse: false });
  const approximation = jsonFields(options, file).string('approximate', { default: 'none' });
  if (quickGelu) throw new InvalidModelFileError({ file, message: 'act_kwargs and quick_gelu exclude each other.' });
  if (approximation !== 'none' && approximation !== 'tanh')
    throw unsupportedOption(`GELU with approximate ${JSON.stringify(approximation)}`);
  return activationNamed(approximation === 'tanh' ? 'gelu_pytorch_tanh' : 'gelu', file);
}

/** `torch.nn.LayerNorm`'s epsilon, which `norm_kwargs` may change. */
function readEpsilon(config: JsonObject, file: string): number {
  const { norm_kwargs: options } = config;
  if (options === undefined || options === null) return 1e-5;
  if (!isJsonObject(options)) throw new InvalidModelFileError({ file, message: 'norm_kwargs must be an object.' });
  refuseUnknownKeys(options, new Set(['eps']), { file, path: 'norm_kwargs', ignoresFalse: false });
  return jsonFields(options, file).number('eps', { default: 1e-5 });
}
