import { setTimeout as sleep } from 'node:timers/promises';
import type { LlamaContextSequence, Token } from './native.ts';
import type { ReadingPace } from './reading-pace.ts';
import { shareReading } from './share-reading.ts';

/** What a sequence that writes answers to a step. */
export interface WrittenToken {
  token: Token;
  /** The likeliest tokens, where they were asked for. */
  probabilities?: Map<Token, number> | undefined;
}

export type TokenStream = AsyncGenerator<WrittenToken, void, undefined>;

/** Why a sequence is no longer in step. */
export type StepEnd = { cause: 'eog' | 'stopped' | 'canceled' } | { cause: 'failed'; error: unknown };

/** One sequence that reads its prompt and then writes. */
export interface Member {
  readonly sequence: LlamaContextSequence;
  readonly id: number;
  /** Tokens of the prompt that are still to be read; the last of them begin the writing. */
  unread: readonly number[];
  /** Begins to write: reads the last tokens, and gives one with each step. */
  write(tokens: Token[]): TokenStream;
  /** Whether it is to leave before the next tick. */
  readonly isCanceled: boolean;
  /** A part of the prompt was read. */
  advanced(): void;
  /** Takes a token, at once; answers whether that was the last one. */
  take(written: WrittenToken): boolean;
}

/** Runs sequences in step with each other. */
export interface LockStep {
  /** Takes part from the next tick on; resolves when it has left, its sequence free. Never rejects. */
  join(member: Member): Promise<StepEnd>;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

interface Seat {
  member: Member;
  /** Rises with every seat. */
  arrival: number;
  stream: TokenStream | null;
  /** What the last step brought. */
  written: WrittenToken | null;
  end: StepEnd | null;
  leave: (end: StepEnd) => void;
}

export interface LockStepOptions {
  pace: ReadingPace;
  /** How many there can be. */
  mostSeats: number;
  /** The moment in which those who come together come. */
  moment?: () => Promise<unknown>;
}

/** Requests of several clients arrive this far apart when they were sent at once. */
const momentMs = 3;
const mostMoments = 4;
/** A prompt that is not longer is read before it is waited for. */
const shortPrompt = 32;

/**
 * Makes the loop. One tick asks every sequence for one step, in ascending order and in one turn of the event loop: that is what puts them
 * in one batch (each library call alone, or another order, costs half of the throughput). Nothing but those steps is waited for.
 */
export function createLockStep({ pace, mostSeats, moment = () => sleep(momentMs) }: LockStepOptions): LockStep {
  const seats: Seat[] = [];
  let running: Promise<void> | null = null;
  let arrivals = 0;

  async function run(): Promise<void> {
    await gather();
    while (seats.length > 0) {
      await removeEnded();
      if (seats.length > 0) await tick();
    }
  }

  /**
   * Who finds nobody here waits for a moment: of prompts that came together, the one that is read before the others are here would write
   * first, and hold up the others, which then had to be read beside it.
   */
  async function gather(): Promise<void> {
    let known = 0;
    for (let moments = 0; moments < mostMoments && known < seats.length && seats.length < mostSeats; moments += 1) {
      if (seats.every(({ member }) => member.unread.length <= shortPrompt)) return;
      known = seats.length;
      await moment();
    }
  }

  /** Between two ticks nothing of a sequence runs, so that it can be left. */
  async function removeEnded(): Promise<void> {
    for (const seat of [...seats]) {
      if (seat.member.isCanceled) seat.end ??= { cause: 'canceled' };
      if (!seat.end) continue;
      seats.splice(seats.indexOf(seat), 1);
      await seat.stream?.return().catch(() => {});
      seat.leave(seat.end);
    }
  }

  async function tick(): Promise<void> {
    const writers = seats.filter(({ stream }) => stream !== null).length;
    const readers = seats.filter(({ stream }) => stream === null);
    const shares = shareReading(readers, pace.tokensOfTick(writers));
    let tokensRead = 0;
    const startedMs = performance.now();
    await Promise.all(
      seats.map(async (seat) => {
        const { member } = seat;
        const share = shares.get(seat);
        if (seat.stream === null && share === undefined) return;
        try {
          if (share !== undefined) tokensRead += Math.min(member.unread.length, share);
          if (share !== undefined && member.unread.length > share) {
            const part = member.unread.slice(0, share);
            member.unread = member.unread.slice(share);
            await member.sequence.evaluateWithoutGeneratingNewTokens(part as Token[]);
            member.advanced();
            return;
          }
          seat.stream ??= member.write(member.unread as Token[]);
          const { done, value } = await seat.stream.next();
          if (done) seat.end = { cause: 'eog' };
          else seat.written = value;
        } catch (error) {
          seat.end = { cause: 'failed', error };
        }
      }),
    );
    pace.measured({ tokensRead, writers, elapsedMs: performance.now() - startedMs });
    // All at once, so that the step leaves this process as one message.
    for (const seat of seats) takeWritten(seat);
  }

  function takeWritten(seat: Seat): void {
    const { written, member } = seat;
    if (!written) return;
    seat.written = null;
    try {
      if (member.take(written)) seat.end = { cause: 'stopped' };
    } catch (error) {
      seat.end = { cause: 'failed', error };
    }
  }

  return {
    join(member) {
      const { promise, resolve } = Promise.withResolvers<StepEnd>();
      arrivals += 1;
      const place = seats.findIndex((seat) => seat.member.id > member.id);
      seats.splice(place < 0 ? seats.length : place, 0, {
        member,
        arrival: arrivals,
        stream: null,
        written: null,
        end: null,
        leave: resolve,
      });
      running ??= Promise.resolve()
        .then(run)
        .finally(() => {
          running = null;
        });
      return promise;
    },
    async idle() {
      await running;
    },
  };
}
