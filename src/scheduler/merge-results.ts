import type { Work, WorkResult } from '../engines/engine.ts';

/**
 * Collects the results of a request's slices in request order. What comes over a channel is a view into the buffer of the
 * whole message; the merged arrays have buffers of their own, of exactly their size.
 */
export interface ResultMerger {
  /** Puts in the result of the texts from `start` on. */
  accept(start: number, result: WorkResult): void;
  /** The whole result; to be asked once every text has one. */
  finish(): WorkResult;
}

/** Makes a merger for a request of `work.texts.length` texts. */
export function createResultMerger(work: Work): ResultMerger {
  const count = work.texts.length;
  let whole: WorkResult | null = null;

  return {
    accept(start, result) {
      whole = put(whole ?? emptyLike(result, count), start, result);
    },
    finish() {
      return whole ?? emptyResult(work);
    },
  };
}

/** The answer to a request without texts. */
export function emptyResult(work: Work): WorkResult {
  const none = { tokenCounts: new Int32Array(0), truncated: new Uint8Array(0) };
  switch (work.kind) {
    case 'embedTexts':
      return { kind: 'embedTexts', vectors: new Float32Array(0), dimensions: 0, ...none };
    case 'tokenizeTexts':
      return { kind: 'tokenizeTexts', items: [] };
    case 'scorePairs':
      return { kind: 'scorePairs', scores: new Float32Array(0), logits: new Float32Array(0), labelCount: 0, ...none };
    default:
      return work satisfies never;
  }
}

function put(whole: WorkResult, start: number, part: WorkResult): WorkResult {
  if (whole.kind === 'tokenizeTexts') {
    if (part.kind === 'tokenizeTexts') for (const [index, item] of part.items.entries()) whole.items[start + index] = item;
    return whole;
  }
  if (part.kind === 'tokenizeTexts') return whole;
  if (whole.kind === 'embedTexts' && part.kind === 'embedTexts') whole.vectors.set(part.vectors, start * whole.dimensions);
  if (whole.kind === 'scorePairs' && part.kind === 'scorePairs') {
    whole.scores.set(part.scores, start * whole.labelCount);
    whole.logits.set(part.logits, start * whole.labelCount);
  }
  whole.tokenCounts.set(part.tokenCounts, start);
  whole.truncated.set(part.truncated, start);
  return whole;
}

function emptyLike(part: WorkResult, count: number): WorkResult {
  if (part.kind === 'tokenizeTexts') return { kind: 'tokenizeTexts', items: new Array(count) };
  const cost = { tokenCounts: new Int32Array(count), truncated: new Uint8Array(count) };
  if (part.kind === 'embedTexts')
    return { kind: 'embedTexts', vectors: new Float32Array(count * part.dimensions), dimensions: part.dimensions, ...cost };
  const values = count * part.labelCount;
  return { kind: 'scorePairs', scores: new Float32Array(values), logits: new Float32Array(values), labelCount: part.labelCount, ...cost };
}
