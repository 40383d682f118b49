import { InvalidModelFileError } from '../../../errors.ts';
import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import { attendHeads, splitHeads } from './attention.ts';
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

/** Attention over queries, keys and values that came side by side from one matrix: F32 [batch, sequence, 3 × heads × headSize]. */
export function fusedRotaryAttention(
  graph: GraphBuilder,
  fused: Value,
  { angles, ...rest }: { heads: number; headSize: number; bias: Value; angles: RotaryAngles },
): Value {
  const parts = graph.nodes('Split', [fused], 3, { axis: -1 });
  const [query, key, value] = parts.map((part) => splitHeads(graph, part, rest)) as [Value, Value, Value];
  return attendHeads(graph, { query: rotate(graph, query, angles), key: rotate(graph, key, angles), value, ...rest });
}

/** The width of a head that can be rotated. Throws `INVALID_MODEL_FILE` for an odd one. */
export function evenHeadSize(headSize: number, file: string): number {
  if (headSize % 2 === 0) return headSize;
  throw new InvalidModelFileError({ file, message: `Heads of ${headSize} values cannot be rotated in pairs.` });
}
