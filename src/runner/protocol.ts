import type { ImageOptions, Modality, Precision, Work, WorkResult } from '../engines/engine.ts';
import type { GenerateWork, GenerationEnd, GenerationEvent, GenerationOptions } from '../engines/generation.ts';
import type { WireError } from '../errors.ts';
import type { CheckpointFacts } from '../formats/checkpoint-facts.ts';

/** What the server tells a runner. A runner holds one model; the channel is `fork`'s, with `advanced` serialisation. */
export type RunnerRequest =
  /** Checks a folder that may be hostile and describes it; the runner ends afterwards. */
  | { type: 'inspect'; folder: string }
  /** Opens the model, in F32 by default. Answered by `loaded` or `failed`. */
  | {
      type: 'load';
      folder: string;
      threads: number;
      precision?: Precision;
      images?: ImageOptions;
      maxBatchTokens: number;
      generation?: GenerationOptions;
    }
  /** One parcel: a slice of one request. Answered by `result` or `error`. */
  | { type: 'run'; parcelId: number; work: Work; origin?: RequestOrigin }
  /** The parcel's caller left: drop it if it has cost nothing yet. Answered by `error` CANCELED, or by a `result` that came too late. */
  | { type: 'cancel'; parcelId: number }
  /** Answered by its events, the last of which is its end. */
  | { type: 'generate'; generationId: number; work: GenerateWork; origin?: RequestOrigin }
  /** Its reader left: it ends as CANCELED, unless it was ending already. */
  | { type: 'stopGeneration'; generationId: number };

/** Which request of which client work is done for, so that the logs and traces of all processes can be put together. */
export interface RequestOrigin {
  requestId: string;
  /** Parent of its spans, as W3C's Trace Context writes it; left out where nothing is traced. */
  traceparent?: string;
}

/** What a runner tells the server. */
export type RunnerReply =
  | { type: 'inspected'; facts: CheckpointFacts }
  /** `slots`: how many generations it runs side by side; 0 for a model that does not write. */
  | { type: 'loaded'; facts: CheckpointFacts; memoryBytes: number; slots: number }
  | { type: 'failed'; error: WireError }
  | { type: 'result'; parcelId: number; result: WorkResult; timing: ParcelTiming }
  | { type: 'error'; parcelId: number; error: WireError }
  /**
   * After every batch: for the statistics and the memory ledger. `prepared` are the parcels that wait for a batch or were part
   * of this one; others are still being tokenised, which a batch is no sign of.
   */
  | { type: 'batch'; report: BatchReport; memoryBytes: number; prepared: number[] }
  /** What a step of all generations brought. `advanced` are those that had nothing to tell, and went on. */
  | { type: 'generated'; events: GeneratedEvent[]; advanced: number[]; memoryBytes: number };

/** An event, and whose it is. */
export interface GeneratedEvent {
  generationId: number;
  event: WireGenerationEvent;
}

/** An event as it crosses processes. */
export type WireGenerationEvent = Exclude<GenerationEvent, GenerationEnd> | (Omit<GenerationEnd, 'error'> & { error: WireError | null });

/** Where one parcel's time went. */
export interface ParcelTiming {
  /** Waiting inside the runner for a free engine. */
  queueMs: number;
  /** Tokenising, or decoding and resizing. */
  preprocessMs: number;
  /** The batches that it was part of. */
  inferenceMs: number;
  /** Items in the largest batch that it was part of. */
  batchSize: number;
  /** Padded tokens of that batch; 0 for images. */
  batchTokens: number;
}

/** One executed batch. Times in nanoseconds. */
export interface BatchReport {
  /** What its items are. */
  modality: Modality;
  size: number;
  /** 0 for images. */
  paddedTokens: number;
  succeeded: boolean;
  /** Milliseconds since 1970. */
  startedAtMs: number;
  /** Each request in it that is traced. */
  traceparents: string[];
  preprocessNs: number;
  inputNs: number;
  inferenceNs: number;
  outputNs: number;
}

/**
 * Images of one batch: larger ones are no faster a piece (a ViT-B/32 takes 148 ms for one alone, 132 each of two, 114 of four, 116 of
 * eight), wait longer for each other, and leave a second process without work.
 */
const imagesPerBatch = 4;

/** What an image counts for in a budget of tokens, whatever its size: so many fill a batch. */
export function costOfImage(maxBatchTokens: number): number {
  return Math.max(1, Math.floor(maxBatchTokens / imagesPerBatch));
}

/** A failure nobody expected, as a runner writes it to standard error for the server's log. */
export interface FailureReport {
  /** Under which the caller was told that something unexpected happened. */
  errorId: string;
  /** The request that it happened to; left out where it was none. */
  requestId?: string;
  /** The cause with its stack, in one line. */
  cause: string;
}

/** Native libraries write to standard error too, whatever they like: what is behind this mark is ours. */
const failureMark = 'modelkeep:';

export function formatFailureReport(report: FailureReport): string {
  return `${failureMark}${JSON.stringify(report)}`;
}

/** Null for a line that something else wrote. */
export function parseFailureReport(line: string): FailureReport | null {
  if (!line.startsWith(failureMark)) return null;
  try {
    const { errorId, requestId, cause } = JSON.parse(line.slice(failureMark.length)) as Partial<FailureReport>;
    if (typeof errorId !== 'string' || typeof cause !== 'string') return null;
    return typeof requestId === 'string' ? { errorId, requestId, cause } : { errorId, cause };
  } catch {
    return null;
  }
}
