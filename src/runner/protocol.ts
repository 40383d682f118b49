import type { Precision, Work, WorkResult } from '../engines/engine.ts';
import type { WireError } from '../errors.ts';
import type { CheckpointFacts } from '../formats/checkpoint-facts.ts';

/** What the server tells a runner. A runner holds one model; the channel is `fork`'s, with `advanced` serialisation. */
export type RunnerRequest =
  /** Checks a folder that may be hostile and describes it; the runner ends afterwards. */
  | { type: 'inspect'; folder: string }
  /** Opens the model, in F32 by default. Answered by `loaded` or `failed`. */
  | { type: 'load'; folder: string; threads: number; precision?: Precision; maxBatchTokens: number }
  /** One parcel: a slice of one request. Answered by `result` or `error`. */
  | { type: 'run'; parcelId: number; work: Work }
  /** The parcel's caller left: drop it if it has cost nothing yet. Answered by `error` CANCELED, or by a `result` that came too late. */
  | { type: 'cancel'; parcelId: number };

/** What a runner tells the server. */
export type RunnerReply =
  | { type: 'inspected'; facts: CheckpointFacts }
  | { type: 'loaded'; facts: CheckpointFacts; memoryBytes: number }
  | { type: 'failed'; error: WireError }
  | { type: 'result'; parcelId: number; result: WorkResult; timing: ParcelTiming }
  | { type: 'error'; parcelId: number; error: WireError }
  /**
   * After every batch: for the statistics and the memory ledger. `prepared` are the parcels that wait for a batch or were part
   * of this one; others are still being tokenised, which a batch is no sign of.
   */
  | { type: 'batch'; report: BatchReport; memoryBytes: number; prepared: number[] };

/** Where one parcel's time went. */
export interface ParcelTiming {
  /** Waiting inside the runner for a free engine. */
  queueMs: number;
  /** Tokenising. */
  preprocessMs: number;
  /** The batches that it was part of. */
  inferenceMs: number;
  /** Items in the largest batch that it was part of. */
  batchSize: number;
  /** Padded tokens of that batch. */
  batchTokens: number;
}

/** One executed batch. Times in nanoseconds. */
export interface BatchReport {
  size: number;
  paddedTokens: number;
  succeeded: boolean;
  preprocessNs: number;
  inputNs: number;
  inferenceNs: number;
  outputNs: number;
}
