import type {
  EmbeddedText,
  EmbedTextsWork,
  PreparedText,
  ScorePairsWork,
  TokenizeTextsResult,
  Work,
  WorkResult,
} from '../engines/engine.ts';
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
  /** Its caller left while it was still being tokenised. */
  canceled: boolean;
  readonly timing: ParcelTiming;
}

/** A text or a pair of a parcel, ready for a batch. */
export interface WaitingText {
  readonly parcel: RunningParcel;
  /** Which text of the parcel. */
  readonly index: number;
  readonly text: PreparedText;
  readonly length: number;
  readonly arrival: number;
}

/** Work that needs the engine to run: each text gets a row of values. */
type RunningWork = EmbedTextsWork | ScorePairsWork;

/** What one text or pair gave. */
export type Row = EmbeddedText;

/** A parcel whose texts wait for their rows. */
export interface RunningParcel extends Parcel {
  readonly work: RunningWork;
  readonly rows: (Row | null)[];
  readonly texts: readonly PreparedText[];
  /** Texts without a row. */
  missing: number;
}

/** Keeps one row, in the form that the parcel asked for. Answers whether the parcel is now whole. */
export function keepRow(parcel: RunningParcel, index: number, row: Row): boolean {
  parcel.rows[index] = parcel.work.kind === 'embedTexts' ? finishRow(row, parcel.work) : row;
  parcel.missing -= 1;
  return parcel.missing === 0;
}

/** Puts the rows of a parcel that has them all into one answer. */
export function runningResult({ work, rows, texts }: Pick<RunningParcel, 'work' | 'rows' | 'texts'>): WorkResult {
  const width = rows[0]?.vector?.length ?? 0;
  const cost = {
    tokenCounts: Int32Array.from(texts, (text) => text.ids.length),
    truncated: Uint8Array.from(texts, (text) => (text.truncated ? 1 : 0)),
  };
  switch (work.kind) {
    case 'embedTexts':
      return {
        kind: 'embedTexts',
        vectors: columns(rows, 0, width),
        dimensions: width,
        ...cost,
        ...(work.outputs?.includes('SPARSE') ? { sparse: rows.flatMap((row) => row?.sparse ?? []) } : {}),
        ...(work.outputs?.includes('TOKENS') ? { tokenVectors: rows.flatMap((row) => row?.tokens ?? []) } : {}),
      };
    case 'scorePairs': {
      const labelCount = width / 2;
      return { kind: 'scorePairs', scores: columns(rows, 0, labelCount), logits: columns(rows, labelCount, width), labelCount, ...cost };
    }
    default:
      return work satisfies never;
  }
}

/** The batch may have run for other requests too: what this one did not ask for goes. */
function finishRow({ vector, sparse, tokens }: Row, work: EmbedTextsWork): Row {
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
export function tokenizingResult(texts: readonly PreparedText[]): TokenizeTextsResult {
  return {
    kind: 'tokenizeTexts',
    items: texts.map((text) => ({
      ids: Array.from(text.ids),
      tokens: text.tokens ?? [],
      tokensBeforeTruncation: text.tokensBeforeTruncation,
      truncated: text.truncated,
    })),
  };
}
