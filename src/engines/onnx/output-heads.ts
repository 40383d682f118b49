import type { HeadGraph, OutputHeads, SparseHead } from '../../formats/heads/output-head.ts';
import { headNames } from '../../formats/heads/output-head.ts';
import type { BatchTiming, PreparedText, SparseVector, TokenVectors } from '../engine.ts';
import type { TextTokenizer } from '../tokenizer.ts';
import type { BatchInputs } from './batch-inputs.ts';
import { readRows, timed, timedRun } from './run-batch.ts';
import { type OnnxSession, openSession, type TensorData } from './session.ts';

/** One batch after the encoder. */
interface EncodedBatch {
  readonly batch: readonly PreparedText[];
  readonly inputs: BatchInputs;
  /** Token embeddings F32 [rows, columns, width]. */
  readonly hidden: TensorData;
  readonly timing: BatchTiming;
}

/** A model's heads, ready to run: each works on token embeddings, and only when it is asked for. */
export interface OpenedHeads extends AsyncDisposable {
  /** One sparse vector per text. */
  sparse(encoded: EncodedBatch, options: { withWords: boolean }): Promise<SparseVector[]>;
  /** The vectors of each text's tokens. */
  tokens(encoded: EncodedBatch): Promise<TokenVectors[]>;
}

/** Opens the heads of a checkpoint in `folder`. */
export async function openHeads(
  heads: OutputHeads,
  { folder, threads, tokenizer }: { folder: string; threads: number; tokenizer: TextTokenizer },
): Promise<OpenedHeads> {
  await using held = new AsyncDisposableStack();
  const open = async (head: HeadGraph | null): Promise<OnnxSession | null> =>
    head && held.use(await openSession(head.graph, { folder, file: head.weightsFile, threads }));
  const [sparseSession, tokenSession] = [await open(heads.sparse), await open(heads.tokens)];
  const ignored = new Set(heads.sparse?.ignoredTokens.flatMap((token) => tokenizer.idOf(token) ?? []));
  const sessions = held.move();
  return {
    async sparse({ batch, inputs, hidden, timing }, { withWords }) {
      const head = heads.sparse;
      if (!head || !sparseSession) throw new Error('A model without sparse vectors was asked for them.');
      const output = await timedRun(timing, () => sparseSession.run(headFeeds(head, hidden, inputs), headNames.output));
      const width = head.kind === 'VOCABULARY' ? head.dimensions : inputs.columns;
      return timed(timing, 'outputNs', () =>
        readRows(output.data as Float32Array, inputs.rows, width).map((row, index) => {
          const weights = head.kind === 'VOCABULARY' ? row : weightsOfWords(row, { ids: batch[index]?.ids ?? [], ignored });
          return sparseVector(weights.entries(), { head, wordOf: withWords ? tokenizer.wordOf : null });
        }),
      );
    },
    async tokens({ batch, inputs, hidden, timing }) {
      const head = heads.tokens;
      const output =
        head && tokenSession ? await timedRun(timing, () => tokenSession.run(headFeeds(head, hidden, inputs), headNames.output)) : hidden;
      const dimensions = output.shape.at(-1) ?? 0;
      // A head of its own gives the first token none: its embedding is the text's.
      const first = head ? 1 : 0;
      return timed(timing, 'outputNs', () =>
        readRows(output.data as Float32Array, inputs.rows, inputs.columns * dimensions).map((row, index) => {
          const ids = Int32Array.from(batch[index]?.ids ?? []);
          return { ids: ids.slice(first), vectors: row.slice(first * dimensions, Math.max(first, ids.length) * dimensions), dimensions };
        }),
      );
    },
    [Symbol.asyncDispose]: () => sessions.disposeAsync(),
  };
}

function headFeeds({ takesMask }: HeadGraph, hidden: TensorData, { mask, rows, columns }: BatchInputs): Record<string, TensorData> {
  if (!takesMask) return { [headNames.hidden]: hidden };
  return { [headNames.hidden]: hidden, [headNames.mask]: { type: 'int32', data: mask, shape: [rows, columns] } };
}

/** The largest weight of each word among a text's tokens, in the order of the words' ids. */
function weightsOfWords(row: Float32Array, { ids, ignored }: { ids: Iterable<number>; ignored: ReadonlySet<number> }): Map<number, number> {
  const largest = new Map<number, number>();
  let place = 0;
  for (const id of ids) {
    const weight = row[place] ?? 0;
    place += 1;
    if (!ignored.has(id) && weight > (largest.get(id) ?? 0)) largest.set(id, weight);
  }
  return new Map([...largest].sort(([left], [right]) => left - right));
}

function sparseVector(
  weights: Iterable<[id: number, weight: number]>,
  { head, wordOf }: { head: SparseHead; wordOf: ((id: number) => string) | null },
): SparseVector {
  const indices: number[] = [];
  const values: number[] = [];
  for (const [id, weight] of weights) {
    if (weight <= 0) continue;
    indices.push(id);
    values.push(head.finish(weight));
  }
  return { indices: Int32Array.from(indices), values: Float32Array.from(values), words: wordOf ? indices.map(wordOf) : null };
}
