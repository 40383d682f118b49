/** What every source of model files is asked for: bytes into a folder, with progress and a signal. */
export interface FetchProgress {
  doneBytes: number;
  totalBytes: number | null;
}

/** One file to fetch. */
export interface PlannedFile {
  /** Path inside the model's folder; checked: relative, no `..`, no NUL, no backslash. */
  path: string;
  sizeBytes: number | null;
  /** What the hub says the content is: sha256 of an LFS file, git blob sha1 of another; null when it says nothing. */
  digest: { algorithm: 'sha256' | 'git-sha1'; hex: string } | null;
}

/** What will be fetched, pinned to a commit: recorded in a task's journal before the first byte. */
export interface FetchPlan {
  repository: string;
  /** Commit hash; null when the source has none. */
  revision: string | null;
  files: PlannedFile[];
  totalBytes: number | null;
  /** The quantisations that its GGUF files come in, smallest first; absent where there is none. */
  quantizations?: string[];
}

/** A file that lies in the partial folder, whole and verified. */
export interface FetchedFile {
  path: string;
  sizeBytes: number;
  sha256: string;
}
