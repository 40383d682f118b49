import type { GraphBuilder } from '../onnx-graph.ts';
import type { Weights } from '../weights.ts';
import type { FeatureMap } from './blocks/feature-map.ts';
import { globalPool, vectorOf } from './blocks/pooling.ts';
import { conditionalPositions, fastVitBlock, mobileOne, patchEmbedding } from './fastvit-blocks.ts';
import { refuseOverrides } from './overrides.ts';
import type { TimmFamily } from './timm-family.ts';

/** FastViT as a model of timm. */
export const fastVit: TimmFamily = {
  has: (architecture) => /^fastvit_(t8|t12|s12|sa12|sa24|sa36|ma36|mci\d)$/.test(architecture),
  build(graph, weights, pixels, { architecture, overrides }) {
    refuseOverrides(overrides, { fork_feat: false, down_stride: 2, act_layer: 'gelu', norm_layer: null });
    const usual = architecture.startsWith('fastvit_mci');
    const map = fastVitMap(graph, weights, pixels, { hasLargeKernelActivation: overrides.boolean('lkc_use_act', { default: usual }) });
    const pooled = globalPool(graph, map, overrides.string('global_pool', { default: 'avg' }));
    const features = vectorOf(graph, pooled);
    return { features, width: pooled.channels, classifiers: [{ name: 'head.fc', input: features, from: pooled.channels }] };
  },
};

/** More stages and blocks than any published model has. */
const most = 1000;

/**
 * FastViT ("A Fast Hybrid Vision Transformer using Structural Reparameterization", arXiv 2303.14189) up to the map before pooling;
 * MobileCLIP's image towers too. All sizes come from the tensors; whether the large kernels are followed by an activation does not:
 * those of the `fastvit_mci` models are.
 *
 * Reference: timm, `models/fastvit.py`.
 */
function fastVitMap(
  graph: GraphBuilder,
  weights: Weights,
  pixels: FeatureMap,
  { hasLargeKernelActivation }: { hasLargeKernelActivation: boolean },
): FeatureMap {
  let map = mobileOne(graph, weights, pixels, { name: 'stem.0', stride: 2 });
  map = mobileOne(graph, weights, map, { name: 'stem.1', stride: 2 });
  map = mobileOne(graph, weights, map, { name: 'stem.2' });
  for (let stage = 0; stage < most && weights.hasPart(`stages.${stage}`); stage += 1) {
    const name = `stages.${stage}.downsample.proj`;
    if (weights.hasPart(name)) map = patchEmbedding(graph, weights, map, { name, isActive: hasLargeKernelActivation });
    map = conditionalPositions(graph, weights, map, `stages.${stage}.pos_emb`);
    for (let block = 0; block < most && weights.hasPart(`stages.${stage}.blocks.${block}`); block += 1) {
      map = fastVitBlock(graph, weights.withPrefix(`stages.${stage}.blocks.${block}.`), map);
    }
  }
  return mobileOne(graph, weights, map, { name: 'final_conv' });
}
