import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import { countingPositions } from './positions.ts';

/** Cosines and sines of every position's angles, each F32 [sequence, headSize]. */
export interface RotaryAngles {
  readonly cosine: Value;
  readonly sine: Value;
}

/** θ^(−2i/d) for each pair of a head's values, in float32 steps as torch computes them. */
export function inverseFrequencies(theta: number, headSize: number): number[] {
  return Array.from({ length: headSize / 2 }, (_, pair) => Math.fround(1 / Math.fround(theta ** Math.fround((2 * pair) / headSize))));
}

/** The angles of rotary position embedding (RoFormer, 3.2.2) for the sequence length of `ids`. */
export function rotaryAngles(graph: GraphBuilder, ids: Value, frequencies: readonly number[]): RotaryAngles {
  const positions = graph.unsqueeze(graph.cast(countingPositions(graph, ids), 'FLOAT'), [1]);
  const half = graph.multiply(positions, graph.float(frequencies));
  const angles = graph.concat([half, half], 1);
  return { cosine: graph.node('Cos', [angles]), sine: graph.node('Sin', [angles]) };
}

/**
 * Turns a head's values by their position's angles; the first half of the values pairs with the second half, not neighbours.
 *
 * Reference: transformers, `apply_rotary_pos_emb`, `rotate_half`.
 *
 * @param states F32 [batch, heads, sequence, headSize]
 */
export function rotate(graph: GraphBuilder, states: Value, { cosine, sine }: RotaryAngles): Value {
  const [first, second] = graph.nodes('Split', [states], 2, { axis: -1 }) as [Value, Value];
  const turned = graph.concat([graph.node('Neg', [second]), first], -1);
  return graph.add(graph.multiply(states, cosine), graph.multiply(turned, sine));
}
