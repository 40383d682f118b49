import type { GuardedResponse } from '../../net/guarded-fetch.ts';
import type { PlannedFile } from '../source.ts';

/** What a file must turn out to be. */
export type Expectation = Pick<PlannedFile, 'sizeBytes' | 'digest'>;

/** From `startByte` up to `endByte`, which is not included. */
export interface ByteRange {
  startByte: number;
  endByte: number;
}

/** A file somewhere else, and how its bytes are asked for. */
export interface SourceFile {
  /** For messages. */
  path: string;
  /** What pins its content, a commit; null where nothing does. */
  revision: string | null;
  known: Expectation;
  /** The largest size that is taken; null is any. */
  maxBytes: number | null;
  /**
   * Asks for a part of it, or for all of it. Answers 2xx only; throws what the source says, and `RetryableError` for what may
   * pass. A server that knows no ranges answers 200 with the whole file.
   */
  ask(range: ByteRange | null, signal: AbortSignal): Promise<FileAnswer>;
  /** The connection broke in the middle of a body: another server may do better. */
  broke?(): void;
}

/** An answer with what its headers say of the whole file. */
export interface FileAnswer {
  response: GuardedResponse;
  expected: Expectation;
  /** The ETag (or what stands for it) and who said it; null where the server says nothing. */
  tag: { origin: string; value: string } | null;
}

/** What was there of a file cannot be gone on with. */
export class StartAnew extends Error {
  /** `facts`: the source knew better than the plan; `changed`: it is another file now; `mismatch`: the digest is wrong. */
  readonly why: 'facts' | 'changed' | 'mismatch';
  /** What it fails with when it happens too often. */
  readonly failure: Error;
  constructor(why: StartAnew['why'], failure: Error) {
    super(failure.message, { cause: failure });
    this.why = why;
    this.failure = failure;
  }
}

/** The header that asks for a part, at every hop. */
export function rangeHeader(range: ByteRange | null): { everyHopHeaders?: Record<string, string> } {
  return range === null ? {} : { everyHopHeaders: { range: `bytes=${range.startByte}-${range.endByte - 1}` } };
}
