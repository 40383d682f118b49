import { stat } from 'node:fs/promises';
import { type ChunkRecord, type FileIdentity, type JournalContent, readChunkJournal } from './chunk-journal.ts';
import { chunkBytes } from './chunk-map.ts';
import type { FileHasher } from './file-hasher.ts';
import type { SourceFile } from './source-file.ts';

export interface RecoverOptions {
  source: SourceFile;
  target: string;
  journalPath: string;
  hasher: FileHasher;
  onNote: (note: string) => void;
  /** Told what the journal counts, before it is checked. */
  onJournalled: (bytes: number) => void;
  signal: AbortSignal | undefined;
}

/**
 * What an earlier try left of a file, as far as it is of the same file and not damaged since: each chunk is read again and
 * compared with its CRC-32. Throws CANCELED.
 */
export async function recover(options: RecoverOptions): Promise<JournalContent> {
  const { source, target, journalPath, hasher, onNote, onJournalled, signal } = options;
  const nothing: JournalContent = { identity: identityOf(source), chunks: new Map(), sha256: null };
  const journal = await readChunkJournal(journalPath);
  if (journal === null || journal.chunks.size + (journal.written?.size ?? 0) === 0) return nothing;
  const change = whatChanged(journal.identity, source);
  if (change !== null) {
    onNote(`${source.path} ${change}, so it was fetched anew.`);
    return nothing;
  }
  const found = await stat(target).catch(() => null);
  // A file that another folder shares, too, is not one that we have been writing.
  if (!found?.isFile() || found.nlink !== 1) return nothing;
  const records = [...journal.chunks.values()].sort((one, other) => one.chunk - other.chunk);
  onJournalled(records.reduce((sum, { bytes }) => sum + bytes, 0));
  const good = await stillGood({ target, hasher, signal }, records);
  // Of what was not on the disk for good, a kill leaves all and a power cut perhaps nothing.
  const late = await stillGood({ target, hasher, signal }, [...(journal.written?.values() ?? [])]);
  const there = new Set([...good, ...late].map(({ chunk }) => chunk));
  const badCount = records.filter(({ chunk }) => !there.has(chunk)).length;
  if (badCount > 0) {
    const pieces = badCount === 1 ? 'a piece' : `${badCount} pieces`;
    onNote(`${pieces} of ${source.path} had been damaged on the disk and ${badCount === 1 ? 'was' : 'were'} fetched again.`);
  }
  return {
    identity: { ...journal.identity, digest: source.known.digest ?? journal.identity.digest },
    chunks: new Map([...good, ...late].map((record) => [record.chunk, record])),
    sha256: badCount === 0 ? journal.sha256 : null,
  };
}

/** Those records whose bytes still have their CRC-32. */
async function stillGood(
  { target, hasher, signal }: Pick<RecoverOptions, 'target' | 'hasher' | 'signal'>,
  records: readonly ChunkRecord[],
): Promise<ChunkRecord[]> {
  if (records.length === 0) return [];
  const parts = records.map(({ chunk, bytes, crc }) => ({ startByte: chunk * chunkBytes, bytes, crc }));
  const isGood = await hasher.check(target, parts, signal);
  return records.filter((_, index) => isGood[index]);
}

function identityOf({ revision, known }: SourceFile): FileIdentity {
  return { revision, sizeBytes: known.sizeBytes, digest: known.digest, tags: {} };
}

/** Why what is there is not of the file that is wanted; null where nothing speaks against it. */
function whatChanged(before: FileIdentity, { revision, known }: SourceFile): string | null {
  if (before.digest !== null && known.digest !== null && before.digest.algorithm === known.digest.algorithm) {
    if (before.digest.hex === known.digest.hex) return null;
    return before.revision === revision ? 'changed upstream' : `changed upstream between ${before.revision} and ${revision}`;
  }
  if (before.revision !== revision) return `is of another commit now, ${revision} after ${before.revision}`;
  if (before.sizeBytes !== null && known.sizeBytes !== null && before.sizeBytes !== known.sizeBytes) return 'has another size now';
  if (revision === null && Object.keys(before.tags).length === 0) return 'has nothing that says whether it is still the same';
  return null;
}
