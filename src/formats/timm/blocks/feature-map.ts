import type { Value } from '../../onnx-types.ts';

/** F32 `[batch, channels, height, width]`: what a convolution reads and makes. Sizes are known when the graph is written. */
export interface FeatureMap {
  readonly value: Value;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}
