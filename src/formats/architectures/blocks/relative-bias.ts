import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import { relativePositions } from './positions.ts';

/** Distances from here on share the last bucket. */
const maxDistance = 128;

/**
 * T5's bucket of a relative position (key minus query): half of the buckets for each direction, exact for small distances,
 * logarithmic for larger ones. Rounded to float32 at each step, for at a power of two the reference's rounding decides.
 *
 * Reference: transformers, `relative_position_bucket` in `models/mpnet/modeling_mpnet.py`.
 */
export function relativeBucket(relativePosition: number, bucketCount: number): number {
  const half = bucketCount >> 1;
  const first = relativePosition > 0 ? half : 0;
  const distance = Math.abs(relativePosition);
  const exact = half >> 1;
  if (distance < exact) return first + distance;
  const logarithm = Math.fround(Math.log(Math.fround(distance / exact)));
  const share = Math.fround(logarithm / Math.fround(Math.log(maxDistance / exact)));
  return first + Math.min(half - 1, exact + Math.trunc(Math.fround(share * (half - exact))));
}

/**
 * A relative bias to add to scores: F32 [heads, sequence, sequence].
 *
 * @param table F32 [buckets, heads]
 * @param length the longest sequence there can be.
 */
export function relativeBias(
  graph: GraphBuilder,
  { table, ids, length, bucketCount }: { table: Value; ids: Value; length: number; bucketCount: number },
): Value {
  const last = length - 1;
  const buckets = Array.from({ length: 2 * length - 1 }, (_, index) => relativeBucket(index - last, bucketCount));
  // One value per head and distance, made once at load: only one look-up is left for each run.
  const biasOfDistance = graph.transpose(graph.gather(table, graph.integers(buckets)), [1, 0]);
  return graph.gather(biasOfDistance, graph.add(relativePositions(graph, ids), graph.integers(last)), 1);
}
