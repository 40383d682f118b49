import type { WireError } from '../../errors.ts';
import type { FetchedFile, FetchProgress } from '../source.ts';
import type { TransferSource } from './transfer-source.ts';
import type { TransferSettings } from './transfers.ts';

/** What the thread that fetches is started with. */
export interface TransferThreadData {
  settings: TransferSettings;
  /** FETCH_ALLOW. */
  fetchAllow: readonly string[];
  /** Whether anybody reads what is logged of each request. */
  isVerbose: boolean;
}

/** What it is told. `id` names one piece of work throughout. */
export type TransferRequest =
  | { type: 'fetch'; id: number; source: TransferSource; target: string; transferId: number | null; journalPath: string | undefined }
  | { type: 'digest'; id: number; path: string; sizeBytes: number }
  | { type: 'cancel'; id: number }
  /** A download is over: its connections are closed. */
  | { type: 'close'; transferId: number };

/** What it answers. */
export type TransferReply =
  | { type: 'progress'; id: number; progress: FetchProgress }
  | { type: 'note'; id: number; note: string }
  | { type: 'log'; fields: object; message: string }
  | TransferEnd;

export type TransferEnd =
  | { type: 'fetched'; id: number; file: FetchedFile }
  | { type: 'digested'; id: number; sha256: string }
  | { type: 'failed'; id: number; error: WireError }
  /** A bug: what was thrown, for the log. */
  | { type: 'broken'; id: number; stack: string };
