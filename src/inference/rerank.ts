import { InvalidInputError } from '../errors.ts';
import type { Model } from '../models/model.ts';
import type { RunTiming, Work, WorkResult } from '../scheduler/scheduler.ts';
import { capableModel, type InferenceDependencies } from './capable-model.ts';
import { requireAnswerSize, requireTextLength } from './limits.ts';

type ScoreWork = Extract<Work, { kind: 'scorePairs' }>;

export interface RerankRequest {
  /** Name or alias. */
  model: string;
  query: string;
  documents: readonly string[];
  /** How many of the best to answer; null answers all. */
  topK: number | null;
  truncate: ScoreWork['truncate'];
}

export interface RerankAnswer {
  model: Model;
  /** Best first; equal scores in the order of the documents. */
  results: RankedDocument[];
  /** Of all pairs, whether they are among the results or not. */
  inputTokens: number;
  timing: RunTiming;
}

/** One document with its score. */
export interface RankedDocument {
  /** Which document of the request. */
  index: number;
  /** The first label's. */
  score: number;
  /** One per label. */
  scores: number[];
  /** The same before the model's activation. */
  logits: number[];
  document: string;
  /** Of the pair. */
  tokenCount: number;
  /** Whether the pair had more tokens than the model takes. */
  truncated: boolean;
}

/**
 * Scores documents against a query with a loaded reranker. All or nothing: the first pair that fails fails the request.
 * Throws MODEL_NOT_FOUND, MODEL_NOT_LOADED, MODEL_LOADING, UNSUPPORTED_CAPABILITY, INVALID_INPUT, INPUT_TOO_LONG, OVERLOADED, RUNNER_CRASHED, CANCELED.
 */
export async function rerank(dependencies: InferenceDependencies, request: RerankRequest, signal: AbortSignal): Promise<RerankAnswer> {
  const { query, documents, topK } = request;
  const stored = await dependencies.catalogue.require({ name: request.model });
  const model = capableModel(dependencies, stored, { capability: 'RERANK', wanted: 'rerank documents' });
  requireTextLength(query, 'input.query');
  for (const [index, document] of documents.entries()) requireTextLength(document, `input.documents[${index}]`);
  requireTopK(topK, documents.length);
  requireAnswerSize(documents.length, model.facts.labels.length * 2, 'input.documents');
  const work: ScoreWork = { kind: 'scorePairs', query, items: [...documents], firstIndex: 0, truncate: request.truncate };
  const { result, timing } = await dependencies.scheduler.run(model.id, work, { signal, modelName: model.name });
  if (result.kind !== 'scorePairs') throw new Error(`scorePairs was answered by ${result.kind}`);
  const ranked = documents
    .map((document, index) => ({ document, index, ...valuesOf(result, index) }))
    .sort((first, second) => second.score - first.score || first.index - second.index);
  return {
    model,
    results: ranked.slice(0, topK ?? ranked.length),
    inputTokens: result.tokenCounts.reduce((sum, count) => sum + count, 0),
    timing,
  };
}

function valuesOf(
  { scores, logits, labelCount, tokenCounts, truncated }: Extract<WorkResult, { kind: 'scorePairs' }>,
  index: number,
): Omit<RankedDocument, 'index' | 'document'> {
  const row = (values: Float32Array): number[] => [...values.subarray(index * labelCount, (index + 1) * labelCount)];
  return {
    score: scores[index * labelCount] ?? 0,
    scores: row(scores),
    logits: row(logits),
    tokenCount: tokenCounts[index] ?? 0,
    truncated: truncated[index] === 1,
  };
}

/** Without documents there is nothing to choose from, and any number of the best is none. */
function requireTopK(topK: number | null, count: number): void {
  if (topK === null || (topK >= 1 && (topK <= count || count === 0))) return;
  throw new InvalidInputError({ field: 'input.topK', message: `expected 1 to ${count}, the number of documents, got ${topK}.` });
}
