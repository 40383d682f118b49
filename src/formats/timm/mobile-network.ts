import { InvalidModelFileError } from '../../errors.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Weights } from '../weights.ts';
import { batchNormEpsilon } from './blocks/batch-norm.ts';
import { convolution, type Padding } from './blocks/convolution.ts';
import type { FeatureMap } from './blocks/feature-map.ts';
import { activate } from './blocks/map-functions.ts';
import { globalPool, vectorOf } from './blocks/pooling.ts';
import { blockActivations, convNorm, type MobileBlock, mobileBlock } from './mobile-blocks.ts';
import { type MobilePlan, mobilePlan } from './mobile-plans.ts';
import { activationOf, refuseOverrides } from './overrides.ts';
import type { TimmFamily, TimmOptions } from './timm-family.ts';

/** More blocks in a stage than any published model has. */
const most = 1000;

/**
 * EfficientNet (arXiv 1905.11946), MobileNetV3 (1905.02244) and V4 (2404.10518), and what else timm builds of the same blocks: a stem, stages of
 * blocks, a wide convolution before or behind the pooling.
 *
 * Reference: timm, `models/efficientnet.py`, `models/mobilenetv3.py`.
 */
export const mobileNetwork: TimmFamily = {
  has: (architecture) => mobilePlan(architecture) !== undefined,
  build(graph, weights, pixels, options) {
    const plan = mobilePlan(options.architecture);
    if (!plan) throw new Error(`${options.architecture} is none of the family.`);
    refuseOverrides(options.overrides, { output_stride: 32, norm_layer: null, aa_layer: null, se_layer: null });
    const style = styleOf(plan, options, weights.file);
    let map = convNorm(graph, weights, pixels, { ...style, conv: 'conv_stem', norm: 'bn1', stride: 2 });
    map = stages(graph, weights, map, { plan, style });
    const pool = (input: FeatureMap): FeatureMap => globalPool(graph, input, options.overrides.string('global_pool', { default: 'avg' }));
    const head = plan.poolsFirst
      ? headConvolution(graph, weights, pool(map), { ...style, bias: plan.headBias ?? false })
      : pool(headConvolution(graph, weights, map, { ...style, bias: plan.headBias ?? false }));
    const features = vectorOf(graph, head);
    return { features, width: head.channels, classifiers: [{ name: 'classifier', input: features, from: head.channels }] };
  },
};

/** What all blocks of a network have in common. */
type Style = Omit<MobileBlock, 'stride' | 'hasShortcut'>;

function styleOf(plan: MobilePlan, { overrides }: TimmOptions, file: string): Style {
  const activation = activationOf(overrides, plan.activation);
  const paddings: Readonly<Record<string, Padding>> = { '': 'HALF', same: 'SAME', valid: 'VALID' };
  const padding = overrides.has('pad_type') ? paddings[overrides.string('pad_type').toLowerCase()] : plan.padding;
  return {
    ...blockActivations({ activation, exciteActivation: plan.exciteActivation ?? activation, gate: plan.gate ?? 'sigmoid' }, file),
    padding: padding ?? 'HALF',
    epsilon: overrides.number('bn_eps', { default: plan.epsilon ?? batchNormEpsilon }),
    convolutionShortcut: plan.convolutionShortcut ?? false,
    activeSeparable: plan.activeSeparable ?? false,
    layerScale: plan.layerScale ?? false,
  };
}

function stages(graph: GraphBuilder, weights: Weights, input: FeatureMap, { plan, style }: { plan: MobilePlan; style: Style }): FeatureMap {
  const relu = blockActivations(
    { activation: 'relu', exciteActivation: plan.exciteActivation ?? 'relu', gate: plan.gate ?? 'sigmoid' },
    weights.file,
  );
  let map = input;
  for (let stage = 0; weights.hasPart(`blocks.${stage}`); stage += 1) {
    const stride = plan.strides[stage];
    if (stride === undefined) {
      const message = `It has more stages than the ${plan.strides.length} of its architecture.`;
      throw new InvalidModelFileError({ file: weights.file, message });
    }
    const stageStyle = stage < (plan.reluStages ?? 0) ? { ...style, ...relu } : style;
    for (let block = 0; block < most && weights.hasPart(`blocks.${stage}.${block}`); block += 1) {
      map = mobileBlock(graph, weights.withPrefix(`blocks.${stage}.${block}.`), map, {
        ...stageStyle,
        stride: block === 0 ? stride : 1,
        hasShortcut: hasShortcut(plan, stage, block),
      });
    }
  }
  return map;
}

function hasShortcut({ activeSeparable, withoutShortcut, firstWithoutShortcut }: MobilePlan, stage: number, block: number): boolean {
  if (activeSeparable || withoutShortcut?.includes(stage)) return false;
  return !(block === 0 && stage === firstWithoutShortcut);
}

/** The wide convolution, with a norm where the network has one. */
function headConvolution(graph: GraphBuilder, weights: Weights, input: FeatureMap, style: Style & { bias: boolean }): FeatureMap {
  if (!weights.hasPart('conv_head')) return input;
  const norm = ['bn2', 'norm_head'].find((name) => weights.hasPart(name));
  const folded = norm === undefined ? undefined : { norm, epsilon: style.epsilon };
  const map = convolution(graph, weights, input, { name: 'conv_head', bias: style.bias, padding: style.padding, folded });
  return activate(graph, map, style.activation);
}
