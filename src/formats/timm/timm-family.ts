import type { JsonFields } from '../json-fields.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { LinearClassifier } from '../towers/linear-classifiers.ts';
import type { Weights } from '../weights.ts';
import type { FeatureMap } from './blocks/feature-map.ts';

/** A family of timm's architectures: one model file of the library. */
export interface TimmFamily {
  /** Whether the family has an architecture of this name, which carries no tag. */
  has(architecture: string): boolean;
  /** Writes a model of the family into a graph, from pixels to pooled features. */
  build(graph: GraphBuilder, weights: Weights, pixels: FeatureMap, options: TimmOptions): ImageFeatures;
}

export interface TimmOptions {
  /** Name of the architecture, without a tag. */
  readonly architecture: string;
  /** `model_args` of config.json: what overrides the arguments that the architecture's name stands for. */
  readonly overrides: JsonFields;
}

/** What a model makes of an image before it classifies it. */
export interface ImageFeatures {
  /** F32 `[batch, width]`: what timm gives with `num_classes=0`. */
  readonly features: Value;
  readonly width: number;
  /** Linear layers whose mean is the logits. */
  readonly classifiers: readonly LinearClassifier[];
}
