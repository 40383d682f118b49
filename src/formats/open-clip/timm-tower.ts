import { InvalidModelFileError, quote, UnsupportedModelError } from '../../errors.ts';
import { activationNamed } from '../architectures/blocks/activation.ts';
import { linear } from '../architectures/blocks/linear.ts';
import { jsonFields } from '../json-fields.ts';
import { isJsonObject, type JsonObject } from '../json-file.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { architectureOf, findTimmFamily } from '../timm/registry.ts';
import type { TimmFamily } from '../timm/timm-family.ts';
import type { ImageTowerDescription } from '../towers/tower-description.ts';
import type { Weights } from '../weights.ts';
import { openClipConfigFile as file, type OpenClipConfig } from './config.ts';
import { imageSizeOf } from './image-size.ts';
import { refuseUnknownKeys, unsupportedOption } from './known-keys.ts';

const keys = new Set([
  'image_size',
  'timm_model_name',
  'timm_pool',
  'timm_proj',
  'timm_proj_bias',
  'timm_model_kwargs',
  // Training, and settings of open_clip's own towers that upstream does not look at here.
  'timm_model_pretrained',
  'timm_drop',
  'timm_drop_path',
  'patch_dropout',
  'layers',
  'width',
  'patch_size',
  'head_width',
  'mlp_ratio',
  'output_tokens',
]);

/** What follows a trunk: its own classifier, nothing, one layer, two. */
type Projection = 'CLASSIFIER' | 'NONE' | 'LINEAR' | 'MLP';
const projections: Readonly<Record<string, Projection>> = { '': 'CLASSIFIER', none: 'NONE', linear: 'LINEAR', mlp: 'MLP' };

/** An image tower that is one of timm's models: `TimmModel` in open_clip's `timm_model.py`. */
export function readTimmTower({ vision, embedDimensions }: OpenClipConfig): ImageTowerDescription {
  refuseUnknownKeys(vision, keys, { file, path: 'vision_cfg' });
  const fields = jsonFields(vision, file);
  const name = fields.string('timm_model_name');
  const family = requireFamily(name);
  const projectionName = Object.hasOwn(vision, 'timm_proj') ? (vision.timm_proj ?? '') : 'linear';
  const projection =
    typeof projectionName === 'string' && Object.hasOwn(projections, projectionName) ? projections[projectionName] : undefined;
  if (!projection) throw unsupportedOption(`timm_proj ${quote(String(projectionName))}`);
  const overrides = jsonFields(overridesOf(vision, { projection, fields: fields.string('timm_pool', { default: 'avg' }) }), file);
  const hasBias = fields.boolean('timm_proj_bias', { default: false });
  const image = imageSizeOf(vision);
  return {
    image,
    summary: `timm's ${name}`,
    write(graph, weights, pixels) {
      const map = { value: pixels, channels: 3, ...image };
      const trunk = weights.withPrefix('trunk.');
      const { features, width, classifiers } = family.build(graph, trunk, map, { architecture: architectureOf(name), overrides });
      if (projection === 'CLASSIFIER') {
        const outputs = classifiers.map((each) => linear(graph, trunk, each.input, { name: each.name, from: width, to: embedDimensions }));
        if (outputs.length === 0)
          throw new InvalidModelFileError({ file, message: `${quote(name)} has no layer that makes ${embedDimensions} features.` });
        return graph.divide(
          outputs.reduce((sum, output) => graph.add(sum, output)),
          graph.float(outputs.length),
        );
      }
      if (projection === 'NONE') return requireWidth(features, { width, embedDimensions });
      return project(graph, weights.withPrefix('head.'), features, { from: width, to: embedDimensions, projection, hasBias });
    },
  };
}

/** Arguments that upstream gives to timm: the pooling, and what newer configurations say in `timm_model_kwargs`. */
function overridesOf(vision: JsonObject, { projection, fields: pool }: { projection: Projection; fields: string }): JsonObject {
  const { timm_model_kwargs: given } = vision;
  if (pool.endsWith('_attn')) throw unsupportedOption(`timm_pool ${quote(pool)}`);
  const isOwnProjection = projection === 'LINEAR' || projection === 'MLP';
  if (pool === '' && !isOwnProjection) throw unsupportedOption('timm_pool "" without a projection');
  // Sizes follow from the tensors.
  const {
    img_size: _image,
    patch_size: _patch,
    embed_dim: _width,
    depth: _depth,
    layers: _layers,
    embed_dims: _widths,
    mlp_ratios: _ratios,
    mlp_ratio: _ratio,
    ...rest
  } = isJsonObject(given) ? given : {};
  return { ...rest, ...(pool === '' ? {} : { global_pool: pool }) };
}

function requireFamily(name: string): TimmFamily {
  const family = findTimmFamily(architectureOf(name));
  if (family) return family;
  throw new UnsupportedModelError({
    reason: `The image tower ${quote(name)} is not built here.`,
    remedy: 'Choose another checkpoint.',
  });
}

function requireWidth(features: Value, { width, embedDimensions }: { width: number; embedDimensions: number }): Value {
  if (width === embedDimensions) return features;
  throw new InvalidModelFileError({
    file,
    message: `embed_dim is ${embedDimensions}; the image tower gives ${width} values and has no projection.`,
  });
}

function project(
  graph: GraphBuilder,
  weights: Weights,
  input: Value,
  { from, to, projection, hasBias }: { from: number; to: number; projection: Projection; hasBias: boolean },
): Value {
  if (projection === 'LINEAR') return linear(graph, weights, input, { name: 'proj', from, to, bias: hasBias });
  const wide = activationNamed('gelu', file)(graph, linear(graph, weights, input, { name: 'mlp.fc1', from, to: 2 * to }));
  return linear(graph, weights, wide, { name: 'mlp.fc2', from: 2 * to, to, bias: hasBias });
}
