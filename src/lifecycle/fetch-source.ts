import type { FileChoice } from '../sources/file-choice.ts';
import type { UrlFile } from '../sources/urls.ts';

/** Where the files of a fetch come from: a hub's repository, or addresses that a client named. */
export type FetchSource = HubFetchSource | { type: 'urls'; files: UrlFile[] };

export interface HubFetchSource {
  type: 'hub';
  /** `owner/name`, or `owner/name:Q4_K_M`. */
  repository: string;
  revision: string;
  /** Absent: ours. */
  choice?: FileChoice;
  /** Exactly these files with exactly this content, at a revision that is a commit; absent: what the choice gives. */
  files?: PinnedFile[];
}

/** A file as a lock has it. */
export interface PinnedFile {
  path: string;
  sizeBytes: number;
  sha256: string;
}
