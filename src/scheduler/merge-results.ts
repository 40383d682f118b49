import type { EmbedTextsResult, Work, WorkResult } from '../engines/engine.ts';
import { InvalidInputError } from '../errors.ts';

/**
 * Collects the results of a request's slices in request order. What comes over a channel is a view into the buffer of the
 * whole message; the merged arrays have buffers of their own, of exactly their size.
 */
export interface ResultMerger {
  /** Puts in the result of the items from `start` on. Answers INVALID_INPUT once all results together hold more than the work allows. */
  accept(start: number, result: WorkResult): InvalidInputError | null;
  /** The whole result; to be asked once every item has one. */
  finish(): WorkResult;
}

/** Makes a merger for a request of `work.items.length` items. */
export function createResultMerger(work: Work): ResultMerger {
  const count = work.items.length;
  const mostValues = (work.kind === 'embedTexts' ? work.mostValues : null) ?? Number.POSITIVE_INFINITY;
  let whole: WorkResult | null = null;
  let values = 0;

  return {
    accept(start, result) {
      values += countValues(result);
      if (values > mostValues) {
        const message = `the answer would hold more than ${mostValues} values. Split the request, or select less of each embedding.`;
        return new InvalidInputError({ field: 'input.items', message });
      }
      whole = put(whole ?? emptyLike(result, count), start, result);
      return null;
    },
    finish() {
      return whole ?? emptyResult(work);
    },
  };
}

/** The answer to a request without items. */
export function emptyResult(work: Work): WorkResult {
  const none = { tokenCounts: new Int32Array(0), truncated: new Uint8Array(0) };
  switch (work.kind) {
    case 'embedTexts':
      return { kind: 'embedTexts', vectors: new Float32Array(0), dimensions: 0, ...none };
    case 'tokenizeTexts':
      return { kind: 'tokenizeTexts', items: [] };
    case 'scorePairs':
      return { kind: 'scorePairs', scores: new Float32Array(0), logits: new Float32Array(0), labelCount: 0, ...none };
    case 'embedImages':
      return { kind: 'embedImages', vectors: new Float32Array(0), dimensions: 0, failures: [] };
    case 'classifyImages':
      return { kind: 'classifyImages', logits: new Float32Array(0), labelCount: 0, failures: [] };
    default:
      return work satisfies never;
  }
}

/** Values of an answer whose number is not known beforehand; an index counts as much as a value. */
function countValues(result: WorkResult): number {
  if (result.kind !== 'embedTexts') return 0;
  const sparse = result.sparse?.reduce((sum, { values, words }) => sum + values.length * (words ? 3 : 2), 0) ?? 0;
  const tokens = result.tokenVectors?.reduce((sum, { vectors }) => sum + vectors.length, 0) ?? 0;
  return result.vectors.length + sparse + tokens;
}

/** Puts a part where it belongs. A part of images of which one failed has no rows: then the whole has none that count. */
function put(whole: WorkResult, start: number, part: WorkResult): WorkResult {
  switch (part.kind) {
    case 'tokenizeTexts':
      if (whole.kind === part.kind) for (const [index, item] of part.items.entries()) whole.items[start + index] = item;
      return whole;
    case 'embedTexts':
      if (whole.kind !== part.kind) return whole;
      whole.vectors.set(part.vectors, start * whole.dimensions);
      for (const [index, { indices, values, words }] of (part.sparse ?? []).entries()) {
        if (whole.sparse) whole.sparse[start + index] = { indices: indices.slice(), values: values.slice(), words };
      }
      for (const [index, { ids, vectors, dimensions }] of (part.tokenVectors ?? []).entries()) {
        if (whole.tokenVectors) whole.tokenVectors[start + index] = { ids: ids.slice(), vectors: vectors.slice(), dimensions };
      }
      putCosts(whole, start, part);
      return whole;
    case 'scorePairs':
      if (whole.kind !== part.kind) return whole;
      whole.scores.set(part.scores, start * whole.labelCount);
      whole.logits.set(part.logits, start * whole.labelCount);
      putCosts(whole, start, part);
      return whole;
    case 'embedImages':
      if (whole.kind !== part.kind) return whole;
      if (whole.dimensions === part.dimensions) whole.vectors.set(part.vectors, start * whole.dimensions);
      return { ...whole, failures: [...whole.failures, ...part.failures] };
    case 'classifyImages':
      if (whole.kind !== part.kind) return whole;
      if (whole.labelCount === part.labelCount) whole.logits.set(part.logits, start * whole.labelCount);
      return { ...whole, failures: [...whole.failures, ...part.failures] };
    default:
      return part satisfies never;
  }
}

type Costs = Pick<EmbedTextsResult, 'tokenCounts' | 'truncated'>;

function putCosts(whole: Costs, start: number, { tokenCounts, truncated }: Costs): void {
  whole.tokenCounts.set(tokenCounts, start);
  whole.truncated.set(truncated, start);
}

function emptyLike(part: WorkResult, count: number): WorkResult {
  const costs = () => ({ tokenCounts: new Int32Array(count), truncated: new Uint8Array(count) });
  switch (part.kind) {
    case 'tokenizeTexts':
      return { kind: 'tokenizeTexts', items: new Array(count) };
    case 'embedTexts': {
      const { dimensions, sparse, tokenVectors } = part;
      const ragged = { ...(sparse ? { sparse: new Array(count) } : {}), ...(tokenVectors ? { tokenVectors: new Array(count) } : {}) };
      return { kind: 'embedTexts', vectors: new Float32Array(count * dimensions), dimensions, ...costs(), ...ragged };
    }
    case 'scorePairs': {
      const values = count * part.labelCount;
      return { ...part, scores: new Float32Array(values), logits: new Float32Array(values), ...costs() };
    }
    case 'embedImages':
      return { ...part, vectors: new Float32Array(count * part.dimensions), failures: [] };
    case 'classifyImages':
      return { ...part, logits: new Float32Array(count * part.labelCount), failures: [] };
    default:
      return part satisfies never;
  }
}
