import type { WireError } from '../../errors.ts';
import type { WritableType } from '../../formats/gguf/ggml-types.ts';
import type { FetchedFile } from '../source.ts';

/** What the thread is started with. */
export interface ConvertWork {
  folder: string;
  name: string;
  type: WritableType;
  /** CONVERT makes GGUF files of safetensors, REQUANTIZE one of another that is stored differently. */
  kind: 'CONVERT' | 'REQUANTIZE';
}

/** What it says: first what it is going to write, or that there is nothing; then how far it is; then the end. */
export type ConvertMessage =
  | { type: 'planned'; sizeBytes: number; outputs: string[] }
  | { type: 'nothing' }
  | { type: 'progress'; doneBytes: number; totalBytes: number }
  | { type: 'done'; files: FetchedFile[]; replaced: string[] }
  | { type: 'failed'; error: WireError };
