import type { EmbedTextsWork, PreparedText, TokenizeTextsResult, Work, WorkResult } from '../engines/engine.ts';
import { finishVector } from './finish-vector.ts';
import type { ParcelTiming } from './protocol.ts';

/** One slice of a request while a runner works on it. */
export interface Parcel {
  readonly id: number;
  readonly work: Work;
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

/** A text of an embedding parcel, ready for a batch. */
export interface WaitingText {
  readonly parcel: EmbeddingParcel;
  /** Which text of the parcel. */
  readonly index: number;
  readonly text: PreparedText;
  readonly length: number;
  readonly arrival: number;
}

/** A parcel whose texts wait for their vectors. */
export interface EmbeddingParcel extends Parcel {
  readonly work: EmbedTextsWork;
  readonly vectors: (Float32Array | null)[];
  readonly texts: readonly PreparedText[];
  /** Texts without a vector. */
  missing: number;
}

/** Puts the vectors of a parcel that has them all into one answer. */
export function embeddingResult({ vectors, texts }: EmbeddingParcel): WorkResult {
  const dimensions = vectors[0]?.length ?? 0;
  const rows = new Float32Array(vectors.length * dimensions);
  for (const [index, vector] of vectors.entries()) if (vector) rows.set(vector, index * dimensions);
  return {
    kind: 'embedTexts',
    vectors: rows,
    dimensions,
    tokenCounts: Int32Array.from(texts, (text) => text.ids.length),
    truncated: Uint8Array.from(texts, (text) => (text.truncated ? 1 : 0)),
  };
}

/** Keeps one vector, in the form that the parcel asked for. Answers whether the parcel is now whole. */
export function keepVector(parcel: EmbeddingParcel, index: number, vector: Float32Array): boolean {
  parcel.vectors[index] = finishVector(vector, parcel.work);
  parcel.missing -= 1;
  return parcel.missing === 0;
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
