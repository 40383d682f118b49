import { activationNamed } from '../architectures/blocks/activation.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Weights } from '../weights.ts';
import { batchNormEpsilon } from './blocks/batch-norm.ts';
import { convolution } from './blocks/convolution.ts';
import type { FeatureMap } from './blocks/feature-map.ts';
import { kernelShape } from './blocks/kernel.ts';
import { activate } from './blocks/map-functions.ts';

const prefix = 'patch_embed.backbone.';

/** Whether a vision transformer's patches are made by a stem of convolutions, as in MobileCLIP-B. */
export function hasConvStem(weights: Weights): boolean {
  return weights.hasPart(`${prefix}0`);
}

/**
 * Such a stem: convolutions over patches side by side, each but the last followed by a batch norm and GELU.
 *
 * Reference: timm, `models/vision_transformer_hybrid.py`, `ConvStem` as `vit_base_mci_224` has it.
 */
export function convStem(graph: GraphBuilder, weights: Weights, pixels: FeatureMap): FeatureMap {
  const stem = weights.withPrefix(prefix);
  let map = pixels;
  for (let index = 0; stem.hasPart(`${index}`); index += 1) {
    const hasNorm = stem.hasPart(`${index}.bn`);
    map = convolution(graph, stem, map, {
      name: `${index}.conv`,
      folded: hasNorm ? { norm: `${index}.bn`, epsilon: batchNormEpsilon } : undefined,
      stride: kernelShape(stem, `${index}.conv`)[2],
      padding: 'VALID',
    });
    if (hasNorm) map = activate(graph, map, activationNamed('gelu', weights.file));
  }
  return map;
}
