import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BatchTiming, Engine, ItemFailure, PreparedItem, Work, WorkResult } from '../engines/engine.ts';
import { CanceledError, errorToWire, ModelkeepError } from '../errors.ts';
import { chooseBatch } from './batcher.ts';
import {
  failedResult,
  keepRow,
  type Parcel,
  type Row,
  type RunningParcel,
  runningResult,
  tokenizingResult,
  type WaitingItem,
} from './parcel.ts';
import { costOfImage, type RequestOrigin, type RunnerReply } from './protocol.ts';
import { laneOf, runEngine } from './run-engine.ts';

/** Takes parcels and cancellations; answers every parcel exactly once through `reply`. */
export interface WorkLoop {
  run(parcelId: number, work: Work, origin?: RequestOrigin): void;
  cancel(parcelId: number): void;
}

export interface WorkLoopOptions {
  engine: Engine;
  /** Most padded tokens of one batch. */
  maxBatchTokens: number;
  reply: (reply: RunnerReply) => void;
  /** Gets the cause of a failure nobody expected, under the id that the caller sees, and the request's id. */
  report: (id: string, cause: unknown, requestId?: string) => void;
}

/**
 * Runs one batch after another for as long as items wait, over all parcels in hand. A batch starts as soon as the engine is
 * free. The engine blocks this thread, so messages are read between two batches.
 */
export function createWorkLoop({ engine, maxBatchTokens, reply, report }: WorkLoopOptions): WorkLoop {
  const parcels = new Map<number, Parcel>();
  let waiting: WaitingItem[] = [];
  let isRunning = false;
  let arrivals = 0;
  /** How long batches have held this thread. */
  let heldMs = 0;

  function answerFailure(parcel: Parcel, error: unknown): void {
    if (parcel.answered) return;
    const id = randomUUID();
    if (!(error instanceof ModelkeepError)) report(id, error, parcel.origin?.requestId);
    settle(parcel, { type: 'error', parcelId: parcel.id, error: errorToWire(error, id) });
  }

  function settle(parcel: Parcel, answer: RunnerReply): void {
    if (parcel.answered) return;
    parcel.answered = true;
    parcels.delete(parcel.id);
    waiting = waiting.filter((item) => item.parcel.id !== parcel.id);
    reply(answer);
  }

  async function prepare(parcel: Parcel): Promise<void> {
    const heldBeforeMs = heldMs;
    const prepared = await engine.prepare(parcel.work);
    // Tokenisers and decoders work beside this thread: a batch that ran meanwhile is what the parcel waited for.
    parcel.timing.preprocessMs = performance.now() - parcel.arrivedMs - (heldMs - heldBeforeMs);
    if (parcel.canceled) throw new CanceledError({ what: 'The request' });
    const failures = failuresOf(parcel.work, prepared);
    const { work } = parcel;
    if (failures.length > 0 || ('checksOnly' in work && work.checksOnly)) {
      const first = prepared.find((entry) => entry instanceof ModelkeepError);
      return answer(parcel, failedResult(work, failures, first));
    }
    const items = prepared as PreparedItem[];
    if (work.kind === 'tokenizeTexts') return answer(parcel, tokenizingResult(items));
    if (items.length === 0) return answer(parcel, runningResult({ work, rows: [], items }));
    const running: RunningParcel = Object.assign(parcel, { work, items, rows: items.map(() => null), missing: items.length });
    for (const [index, item] of items.entries()) {
      waiting.push({ parcel: running, index, item, lane: laneOf(item), length: lengthOf(item), arrival: parcel.arrival });
    }
    if (!isRunning) void runAll();
  }

  /** Columns of a batch; what an image counts for does not depend on it. */
  function lengthOf(item: PreparedItem): number {
    return 'pixels' in item ? costOfImage(maxBatchTokens) : (item.columns ?? item.ids.length);
  }

  function answer(parcel: Parcel, result: WorkResult): void {
    settle(parcel, { type: 'result', parcelId: parcel.id, result, timing: parcel.timing });
  }

  async function runAll(): Promise<void> {
    isRunning = true;
    try {
      // Parcels that came in the same read are prepared by now, and share the first batch.
      await nextTurn();
      while (waiting.length > 0) {
        await runBatch(chooseBatch(waiting, maxBatchTokens));
        await nextTurn();
      }
    } finally {
      isRunning = false;
    }
  }

  async function runBatch(batch: readonly WaitingItem[]): Promise<void> {
    const chosen = new Set(batch);
    waiting = waiting.filter((item) => !chosen.has(item));
    const modality = batch[0]?.lane === 'TEXT' ? 'TEXT' : 'IMAGE';
    const paddedTokens = modality === 'TEXT' ? batch.length * Math.max(...batch.map((item) => item.length)) : 0;
    const startedMs = performance.now();
    const members = new Set(batch.map((item) => item.parcel));
    for (const parcel of members) parcel.startedMs ??= startedMs;
    const timing: BatchTiming = { inputNs: 0, inferenceNs: 0, outputNs: 0 };
    let failure: unknown;
    let rows: Row[] = [];
    try {
      rows = await runEngine(engine, batch, timing);
      if (rows.length !== batch.length) throw new Error(`The engine answered ${rows.length} rows for ${batch.length} items.`);
    } catch (error) {
      failure = error ?? new Error('The engine failed without a reason.');
    }
    const elapsedMs = performance.now() - startedMs;
    heldMs += elapsedMs;
    for (const parcel of members) {
      parcel.timing.inferenceMs += elapsedMs;
      if (batch.length > parcel.timing.batchSize) Object.assign(parcel.timing, { batchSize: batch.length, batchTokens: paddedTokens });
    }
    const preprocessNs = batch.reduce((sum, { parcel }) => sum + (parcel.timing.preprocessMs / parcel.items.length) * 1e6, 0);
    // The report goes first: it shows that the engine lives before an answer can bring the next work.
    reply({
      type: 'batch',
      report: {
        modality,
        size: batch.length,
        paddedTokens,
        succeeded: failure === undefined,
        startedAtMs: performance.timeOrigin + startedMs,
        traceparents: [...members].flatMap(({ origin }) => origin?.traceparent ?? []),
        preprocessNs: Math.round(preprocessNs),
        ...timing,
      },
      memoryBytes: process.memoryUsage.rss(),
      prepared: [...parcels.values()].flatMap((parcel) => ('items' in parcel ? parcel.id : [])),
    });
    if (failure !== undefined) {
      if (members.size === 1) for (const parcel of members) answerFailure(parcel, failure);
      else await runApart(batch, members);
      return;
    }
    for (const [position, { parcel, index }] of batch.entries()) {
      const row = rows[position];
      if (row && !parcel.answered && keepRow(parcel, index, row)) answerResult(parcel);
    }
  }

  /** Runs a batch that failed once more, parcel by parcel: what one item does to a model is no other caller's failure. */
  async function runApart(batch: readonly WaitingItem[], members: ReadonlySet<Parcel>): Promise<void> {
    for (const parcel of members) {
      if (!parcel.answered) await runBatch(batch.filter((item) => item.parcel === parcel));
      await nextTurn();
    }
  }

  function answerResult(parcel: RunningParcel): void {
    parcel.timing.queueMs = Math.max(0, (parcel.startedMs ?? parcel.arrivedMs) - parcel.arrivedMs - parcel.timing.preprocessMs);
    answer(parcel, runningResult(parcel));
  }

  return {
    run(parcelId, work, origin) {
      const timing = { queueMs: 0, preprocessMs: 0, inferenceMs: 0, batchSize: 0, batchTokens: 0 };
      arrivals += 1;
      const arrivedMs = performance.now();
      const parcel: Parcel = {
        id: parcelId,
        work,
        origin,
        arrival: arrivals,
        arrivedMs,
        startedMs: null,
        answered: false,
        canceled: false,
        timing,
      };
      parcels.set(parcelId, parcel);
      prepare(parcel).catch((error: unknown) => answerFailure(parcel, error));
    },
    cancel(parcelId) {
      const parcel = parcels.get(parcelId);
      if (!parcel) return;
      parcel.canceled = true;
      // One that is still being prepared is answered when that ends: until then it does cost something.
      if ('rows' in parcel) answerFailure(parcel, new CanceledError({ what: 'The request' }));
    },
  };
}

/** All of them, with their indexes in the request. */
function failuresOf({ firstIndex }: Work, prepared: readonly (PreparedItem | ModelkeepError)[]): ItemFailure[] {
  return prepared.flatMap((entry, position) =>
    entry instanceof ModelkeepError ? { index: firstIndex + position, error: errorToWire(entry, 'unknown') } : [],
  );
}
