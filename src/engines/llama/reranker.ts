import { InputTooLongError, type ModelkeepError } from '../../errors.ts';
import type { Engine, PreparedText, ScorePairsWork, Work } from '../engine.ts';
import { readRows } from '../onnx/run-batch.ts';
import type { PooledEngineOptions } from './embedder.ts';
import type { Token } from './native.ts';
import { pooledContextSize, timedNative } from './pooled-context.ts';
import { preparedTokens } from './prepared-tokens.ts';

interface Pair {
  query: Token[];
  document: Token[];
}

/** A model that scores pairs of query and document. A row is the score, then its logit. */
export async function openReranker({ native, facts, threads, contextSize }: PooledEngineOptions): Promise<Engine> {
  const { model } = native;
  const maxTokens = pooledContextSize(facts, contextSize);
  const size = maxTokens + 1;
  const context = await native.attempt('rank with it', () => model.createRankingContext({ contextSize: size, batchSize: size, threads }));
  const pairs = new WeakMap<PreparedText, Pair>();
  const [one = 0 as Token] = model.tokenize('a', false, 'trimLeadingSpace');
  // A vocabulary without an end of text closes the pair with its separator, which the library leaves out.
  const closing: Token[] = model.tokens.eos === null && model.tokens.sep !== null ? [model.tokens.sep] : [];
  const lengthOf = ({ query, document }: Pair) => context.calculateInputLength(query, document);
  const frame = lengthOf({ query: [one], document: [one] }) - 2 + closing.length;

  function prepareOne(query: Token[], document: Token[], work: ScorePairsWork, position: number): PreparedText | ModelkeepError {
    const count = query.length + document.length + frame;
    if (count > maxTokens && work.truncate === 'NONE')
      return new InputTooLongError({ index: work.firstIndex + position, tokens: count, limit: maxTokens });
    const pair = cut({ query, document }, maxTokens - frame);
    const prepared = preparedTokens([...pair.query, ...pair.document], { before: count, frame, texts: null });
    pairs.set(prepared, { ...pair, document: [...pair.document, ...closing] });
    return prepared;
  }

  return {
    facts: { ...facts, maxTokens, labels: facts.labels.slice(0, 1) },
    async prepare(work: Work) {
      if (work.kind !== 'scorePairs') throw new Error(`A reranker was asked for ${work.kind}.`);
      const query = model.tokenize(work.query, false, 'trimLeadingSpace');
      return work.items.map((text, position) => prepareOne(query, model.tokenize(text, false, 'trimLeadingSpace'), work, position));
    },
    async embed(batch, timing) {
      const rows: Float32Array[] = [];
      for (const prepared of batch) {
        const { query, document } = pairs.get(prepared) ?? { query: [], document: [] };
        const score = await timedNative(timing, () => context.rank(query, document));
        rows.push(...readRows(Float32Array.of(score, logitOf(score)), 1, 2));
      }
      return rows;
    },
    [Symbol.asyncDispose]: () => context.dispose(),
  };
}

/** Takes tokens off the end of the longer one until both fit. */
function cut({ query, document }: Pair, room: number): Pair {
  const excess = query.length + document.length - Math.max(room, 0);
  if (excess <= 0) return { query, document };
  const ofDocument = Math.min(
    document.length,
    Math.max(excess - Math.max(0, query.length - document.length), Math.min(excess, Math.max(0, document.length - query.length))),
  );
  const left = excess - ofDocument;
  return { query: query.slice(0, query.length - left), document: document.slice(0, document.length - ofDocument) };
}

/** The model's own number, of which the library tells the sigmoid; one that is all but certain is no further away than this. */
const furthestLogit = 40;

function logitOf(score: number): number {
  return Math.min(Math.max(Math.log(score / (1 - score)), -furthestLogit), furthestLogit);
}
