import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import { mostNegative } from './attention.ts';
import { relativePositions } from './positions.ts';

/** Sliding-window attention as something to add to scores: F32 [sequence, sequence], 0 up to `reach` positions away on either side. */
export function localMask(graph: GraphBuilder, ids: Value, reach: number): Value {
  const distance = graph.node('Abs', [relativePositions(graph, ids)]);
  const isNear = graph.node('LessOrEqual', [distance, graph.integers(reach)]);
  return graph.node('Where', [isNear, graph.float(0), graph.float(mostNegative)]);
}

/** Causal attention as something to add to scores: F32 [sequence, sequence], 0 for a position and those before it. */
export function causalMask(graph: GraphBuilder, ids: Value): Value {
  const isBefore = graph.node('LessOrEqual', [relativePositions(graph, ids), graph.integers(0)]);
  return graph.node('Where', [isBefore, graph.float(0), graph.float(mostNegative)]);
}
