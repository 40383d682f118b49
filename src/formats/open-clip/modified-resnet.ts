import { InvalidModelFileError } from '../../errors.ts';
import { activationNamed } from '../architectures/blocks/activation.ts';
import { multiHeadAttention } from '../architectures/blocks/attention.ts';
import { linear } from '../architectures/blocks/linear.ts';
import { jsonFields } from '../json-fields.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { batchNormEpsilon } from '../timm/blocks/batch-norm.ts';
import { convolution } from '../timm/blocks/convolution.ts';
import type { FeatureMap } from '../timm/blocks/feature-map.ts';
import { activate, addMaps, tokensOf } from '../timm/blocks/map-functions.ts';
import { meanOfTokens, tokenAt } from '../towers/tokens.ts';
import type { ImageTowerDescription } from '../towers/tower-description.ts';
import type { Weights } from '../weights.ts';
import { openClipConfigFile as file, type OpenClipConfig } from './config.ts';
import { imageSizeOf } from './image-size.ts';
import { refuseUnknownKeys } from './known-keys.ts';

const keys = new Set([
  'layers',
  'width',
  'head_width',
  'image_size',
  // Settings of the vision transformer, which upstream does not look at here.
  'patch_size',
  'mlp_ratio',
  'patch_dropout',
  'output_tokens',
]);
/** How many times its inner width a bottleneck gives. */
const expansion = 4;

interface ModifiedResNet {
  readonly layers: readonly number[];
  readonly width: number;
  readonly heads: number;
  readonly embedDimensions: number;
}

/**
 * OpenAI's ResNets ("Learning Transferable Visual Models From Natural Language Supervision", 2.4): a stem of three convolutions,
 * averages in place of strides, attention in place of the last average.
 *
 * Reference: open_clip, `modified_resnet.py`.
 */
export function readModifiedResNet({ vision, embedDimensions }: OpenClipConfig): ImageTowerDescription {
  refuseUnknownKeys(vision, keys, { file, path: 'vision_cfg' });
  const fields = jsonFields(vision, file);
  const { layers } = vision;
  if (
    !Array.isArray(layers) ||
    layers.length !== 4 ||
    !layers.every((count) => Number.isSafeInteger(count) && count >= 1 && count <= 1000)
  ) {
    throw new InvalidModelFileError({ file, message: 'vision_cfg.layers must be a whole number, or a list of four.' });
  }
  const width = fields.integer('width', { min: 2, max: 4096, default: 64 });
  const heads = Math.floor((width * 32) / fields.integer('head_width', { min: 1, default: 64 }));
  if (heads < 1 || (width * 32) % heads !== 0) {
    throw new InvalidModelFileError({ file, message: `The width ${width * 32} is no multiple of the ${heads} attention heads.` });
  }
  const image = imageSizeOf(vision);
  const resnet: ModifiedResNet = { layers: layers as number[], width, heads, embedDimensions };
  return {
    image,
    summary: `a ResNet of ${layers.join(', ')} blocks from width ${width}`,
    write: (graph, weights, pixels) => writeModifiedResNet(graph, weights, { value: pixels, channels: 3, ...image }, resnet),
  };
}

function writeModifiedResNet(graph: GraphBuilder, weights: Weights, pixels: FeatureMap, resnet: ModifiedResNet): Value {
  let map = convolutionAndNorm(graph, weights, pixels, { index: 1, stride: 2, isActive: true });
  for (const index of [2, 3]) map = convolutionAndNorm(graph, weights, map, { index, isActive: true });
  map = averagePool(graph, map, 2);
  for (const [stage, blocks] of resnet.layers.entries()) {
    for (let block = 0; block < blocks; block += 1) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const planes = resnet.width * 2 ** stage;
      map = bottleneck(graph, weights.withPrefix(`layer${stage + 1}.${block}.`), map, { planes, stride });
    }
  }
  return attentionPool(graph, weights.withPrefix('attnpool.'), map, resnet);
}

function bottleneck(
  graph: GraphBuilder,
  weights: Weights,
  input: FeatureMap,
  { planes, stride }: { planes: number; stride: number },
): FeatureMap {
  let map = convolutionAndNorm(graph, weights, input, { index: 1, isActive: true });
  map = convolutionAndNorm(graph, weights, map, { index: 2, isActive: true });
  map = convolutionAndNorm(graph, weights, averagePool(graph, map, stride), { index: 3, isActive: false });
  const isChanged = stride > 1 || input.channels !== planes * expansion;
  const folded = { norm: 'downsample.1', epsilon: batchNormEpsilon };
  const identity = isChanged ? convolution(graph, weights, averagePool(graph, input, stride), { name: 'downsample.0', folded }) : input;
  return activate(graph, addMaps(graph, weights, map, identity), activationNamed('relu', file));
}

function convolutionAndNorm(
  graph: GraphBuilder,
  weights: Weights,
  input: FeatureMap,
  { index, stride = 1, isActive }: { index: number; stride?: number; isActive: boolean },
): FeatureMap {
  const folded = { norm: `bn${index}`, epsilon: batchNormEpsilon };
  const map = convolution(graph, weights, input, { name: `conv${index}`, folded, stride });
  return isActive ? activate(graph, map, activationNamed('relu', file)) : map;
}

/** `torch.nn.AvgPool2d(size)`: what does not fill a window at the edge is left out. */
function averagePool(graph: GraphBuilder, input: FeatureMap, size: number): FeatureMap {
  if (size === 1) return input;
  const value = graph.node('AveragePool', [input.value], { kernel_shape: [size, size], strides: [size, size] });
  return { ...input, value, height: Math.floor(input.height / size), width: Math.floor(input.width / size) };
}

/** `AttentionPool2d`: the mean of all places asks all places and itself. */
function attentionPool(graph: GraphBuilder, weights: Weights, map: FeatureMap, { heads, embedDimensions }: ModifiedResNet): Value {
  const { channels: width, height, width: columns } = map;
  const places = tokensOf(graph, map);
  const mean = graph.unsqueeze(meanOfTokens(graph, places), [1]);
  const positions = weights.tensor('positional_embedding', [height * columns + 1, width]);
  const tokens = graph.add(graph.concat([mean, places], 1), positions);
  const project = (name: string, input: Value): Value => linear(graph, weights, input, { name, from: width, to: width });
  const query = project('q_proj', graph.unsqueeze(tokenAt(graph, tokens, 0), [1]));
  const key = project('k_proj', tokens);
  const value = project('v_proj', tokens);
  const attended = multiHeadAttention(graph, { query, key, value, heads, headSize: width / heads });
  return linear(graph, weights, tokenAt(graph, attended, 0), { name: 'c_proj', from: width, to: embedDimensions });
}
