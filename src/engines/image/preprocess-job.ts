import type { WireError } from '../../errors.ts';
import type { PrepareOptions } from './prepare-image.ts';

/** What a thread is started with. */
export type ThreadData = Omit<PrepareOptions, 'lock'> & { readonly lockMemory: Int32Array };

/** One image, as it travels to a thread. */
export interface PreprocessJob {
  readonly bytes: Uint8Array;
  /** Index in the request, for the error. */
  readonly index: number;
}

/** `failed` is for what nobody expected; its cause is for the log. */
export type PreprocessReply =
  | { readonly type: 'prepared'; readonly pixels: Float32Array<ArrayBuffer>; readonly width: number; readonly height: number }
  | { readonly type: 'refused'; readonly error: WireError }
  | { readonly type: 'failed'; readonly cause: string };
