import { InvalidInputError, ModelkeepError } from '../errors.ts';
import type { SimilarityFunction } from '../formats/checkpoint-facts.ts';
import type { Model } from '../models/model.ts';
import type { RunTiming } from '../scheduler/scheduler.ts';
import type { InferenceDependencies } from './capable-model.ts';
import { embed } from './embed.ts';
import type { EmbedAnswer, EmbedItem, EmbedRequest } from './embedding.ts';
import { itemErrorsOf, withIndex } from './item-failures.ts';
import { similarityMatrix } from './similarity-matrix.ts';
import { added } from './timings.ts';

/** Items that are embedded alike. */
export interface ComparedItems {
  items: readonly EmbedItem[];
  promptName: string | null;
  prompt: string | null;
}

export interface SimilarityRequest extends ComparedItems {
  /** Name or alias. */
  model: string;
  /** What the items are compared with; null for the items themselves. */
  against: ComparedItems | null;
  /** Null for the model's own. */
  similarity: SimilarityFunction | null;
  /** How many of the first values of each vector to compare; null for all. */
  dimensions: number | null;
  truncate: EmbedRequest['truncate'];
}

export interface SimilarityAnswer {
  model: Model;
  similarity: SimilarityFunction;
  /** One row per item, with one value per item that it is compared with. */
  scores: Float32Array[];
  inputTokens: number;
  timing: RunTiming;
}

/** The most values of one answer; so many take a few seconds. */
const mostScores = 4 * 1024 ** 2;

/**
 * Embeds items and compares them, as `SentenceTransformer.similarity` does with what `encode` gives: vectors as the model makes
 * them. Throws what `embed` throws; the index of a failing item counts the items, and on through what they are compared with.
 */
export async function similarity(
  dependencies: InferenceDependencies,
  request: SimilarityRequest,
  signal: AbortSignal,
): Promise<SimilarityAnswer> {
  const { items, against, model: name, dimensions, truncate } = request;
  requireMatrixSize(items.length, against?.items.length ?? items.length);
  const common = { model: name, normalization: 'NONE', dimensions, truncate } as const;
  const embedLeft = () => embed(dependencies, { ...common, items, promptName: request.promptName, prompt: request.prompt }, signal);
  let left = await embedLeft();
  const right = against ? await embed(dependencies, { ...common, ...against }, signal).catch(inAgainst(items.length)) : left;
  // A newer revision took over in between: vectors of two revisions must not be compared.
  if (left.model.facts !== right.model.facts) left = await embedLeft();
  const chosen = request.similarity ?? left.model.facts?.similarity ?? 'COSINE';
  const vectors = ({ embeddings }: EmbedAnswer) => embeddings.map(({ vector }) => vector);
  const scores = await similarityMatrix(chosen, { rows: vectors(left), columns: vectors(right), signal });
  const both = right !== left;
  return {
    model: left.model,
    similarity: chosen,
    scores,
    inputTokens: left.inputTokens + (both ? right.inputTokens : 0),
    timing: both ? added(left.timing, right.timing) : left.timing,
  };
}

function requireMatrixSize(rows: number, columns: number): void {
  if (rows * columns <= mostScores) return;
  throw new InvalidInputError({
    field: 'input.items',
    message: `expected at most ${mostScores} pairs, got ${rows} × ${columns}. Split the request.`,
  });
}

/** Says of a failure that it lies in `against`. */
function inAgainst(itemCount: number): (error: unknown) => never {
  return (error) => {
    if (error instanceof ModelkeepError && 'index' in error) throw movedBy(error, itemCount);
    if (!(error instanceof InvalidInputError) || !/^input\.(items|prompt)/.test(error.field)) throw error;
    const field = error.field.replace('input.', 'input.against.');
    throw new InvalidInputError({ field, message: error.message.slice(`${error.field}: `.length) });
  };
}

/** The same failure of items that are so much further on. */
function movedBy(error: ModelkeepError & { index: unknown }, count: number): ModelkeepError {
  const index = Number(error.index) + count;
  const moved = withIndex(error, index);
  const itemErrors = itemErrorsOf(error)?.map((item) => ({ ...item, index: item.index + count }));
  return Object.assign(moved, { index }, itemErrors ? { itemErrors } : {});
}
