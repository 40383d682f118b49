import type {
  EmbeddedText,
  ItemFailure,
  PreparedItem,
  PreparedText,
  TokenizeTextsResult,
  TokenizeTextsWork,
  Work,
  WorkResult,
} from '../engines/engine.ts';
import type { BatchItem } from './batcher.ts';
import { finishTokenVectors } from './finish-token-vectors.ts';
import { finishVector } from './finish-vector.ts';
import type { ParcelTiming, RequestOrigin } from './protocol.ts';

/** One slice of a request while a runner works on it. */
export interface Parcel {
  readonly id: number;
  readonly work: Work;
  readonly origin: RequestOrigin | undefined;
  /** Rises with every parcel. */
  readonly arrival: number;
  readonly arrivedMs: number;
  /** When its first batch began; null before. */
  startedMs: number | null;
  /** Answered, with whatever: what is left of it is dropped. */
  answered: boolean;
  /** Its caller left while it was still being prepared. */
  canceled: boolean;
  readonly timing: ParcelTiming;
}

/** An item of a parcel, ready for a batch. */
export interface WaitingItem extends BatchItem {
  readonly parcel: RunningParcel;
  /** Which item of the parcel. */
  readonly index: number;
  readonly item: PreparedItem;
}

/** Work that needs the engine to run: each item gets a row of values. */
type RunningWork = Exclude<Work, TokenizeTextsWork>;

/** What one item gave. */
export type Row = EmbeddedText;

/** A parcel whose items wait for their rows. */
export interface RunningParcel extends Parcel {
  readonly work: RunningWork;
  readonly rows: (Row | null)[];
  readonly items: readonly PreparedItem[];
  /** Items without a row. */
  missing: number;
}

/** Keeps one row, in the form that the parcel asked for. Answers whether the parcel is now whole. */
export function keepRow(parcel: RunningParcel, index: number, row: Row): boolean {
  parcel.rows[index] = finishRow(row, parcel.work);
  parcel.missing -= 1;
  return parcel.missing === 0;
}

/** Puts the rows of a parcel that has them all into one answer. */
export function runningResult({ work, rows, items }: Pick<RunningParcel, 'work' | 'rows' | 'items'>): WorkResult {
  const width = rows[0]?.vector?.length ?? 0;
  switch (work.kind) {
    case 'embedTexts':
      return {
        kind: 'embedTexts',
        vectors: columns(rows, 0, width),
        dimensions: width,
        ...costsOf(items),
        ...(work.outputs?.includes('SPARSE') ? { sparse: rows.flatMap((row) => row?.sparse ?? []) } : {}),
        ...(work.outputs?.includes('TOKENS') ? { tokenVectors: rows.flatMap((row) => row?.tokens ?? []) } : {}),
      };
    case 'scorePairs': {
      const labelCount = width / 2;
      const [scores, logits] = [columns(rows, 0, labelCount), columns(rows, labelCount, width)];
      return { kind: 'scorePairs', scores, logits, labelCount, ...costsOf(items) };
    }
    case 'embedImages':
      return { kind: 'embedImages', vectors: columns(rows, 0, width), dimensions: width, failures: [] };
    case 'classifyImages':
      return { kind: 'classifyImages', logits: columns(rows, 0, width), labelCount: width, failures: [] };
    default:
      return work satisfies never;
  }
}

/** The answer to a parcel of which items cannot be used. Throws the failure of the first, where the kind of work has no place for each. */
export function failedResult(work: Work, failures: ItemFailure[], first: unknown): WorkResult {
  switch (work.kind) {
    case 'embedImages':
      return { kind: 'embedImages', vectors: new Float32Array(0), dimensions: 0, failures };
    case 'classifyImages':
      return { kind: 'classifyImages', logits: new Float32Array(0), labelCount: 0, failures };
    default:
      throw first;
  }
}

function costsOf(items: readonly PreparedItem[]): { tokenCounts: Int32Array; truncated: Uint8Array } {
  const texts = items as readonly PreparedText[];
  return {
    tokenCounts: Int32Array.from(texts, (text) => text.ids.length),
    truncated: Uint8Array.from(texts, (text) => (text.truncated ? 1 : 0)),
  };
}

/** The batch may have run for other requests too: what this one did not ask for goes. */
function finishRow({ vector, sparse, tokens }: Row, work: RunningWork): Row {
  if (work.kind === 'embedImages') return { vector: vector && finishVector(vector, work), sparse: null, tokens: null };
  if (work.kind !== 'embedTexts') return { vector, sparse, tokens };
  const { outputs = ['DENSE'], withWords = false } = work;
  return {
    vector: vector && outputs.includes('DENSE') ? finishVector(vector, work) : null,
    sparse: sparse && outputs.includes('SPARSE') ? { ...sparse, words: withWords ? sparse.words : null } : null,
    tokens: tokens && outputs.includes('TOKENS') ? finishTokenVectors(tokens, work) : null,
  };
}

/** Values `start` to `end` of every row, row after row. */
function columns(rows: readonly (Row | null)[], start: number, end: number): Float32Array {
  const all = new Float32Array(rows.length * (end - start));
  for (const [index, row] of rows.entries()) if (row?.vector) all.set(row.vector.subarray(start, end), index * (end - start));
  return all;
}

/** The answer to a parcel that asked for tokens only. */
export function tokenizingResult(items: readonly PreparedItem[]): TokenizeTextsResult {
  return {
    kind: 'tokenizeTexts',
    items: (items as readonly PreparedText[]).map((text) => ({
      ids: Array.from(text.ids),
      tokens: text.tokens ?? [],
      tokensBeforeTruncation: text.tokensBeforeTruncation,
      truncated: text.truncated,
    })),
  };
}
