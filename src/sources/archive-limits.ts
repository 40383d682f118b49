import { InvalidArchiveError } from '../errors.ts';
import { foldPath, whyUnsafePath } from './safe-path.ts';

/** How much may come out of an archive. All are counted while extracting: what an archive says of itself is not believed. */
export interface ArchiveLimits {
  /** Files and folders. */
  entries: number;
  fileBytes: number;
  totalBytes: number;
  /** Most bytes that come out for each byte that is read, above a first megabyte, in which small texts may be denser. */
  ratio: number;
}

export const archiveLimits: ArchiveLimits = { entries: 10_000, fileBytes: 1024 ** 4, totalBytes: 1024 ** 4, ratio: 200 };

const freeBytes = 1024 ** 2;
/** An archive in an archive is where bombs hide, and no model's file. */
const nested = /\.(zip|tar|tgz|gz|bz2|xz|zst|7z|rar)$/i;
/** What packers of some systems put beside the files. */
const litter = /^__MACOSX\/|(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini)$|(^|\/)\._/;

/** What comes out of one archive, counted. */
export interface ArchiveBudget {
  /** Bytes of a file that came out. Throws INVALID_ARCHIVE at the first one too many. `readBytes` is what was read for it so far. */
  count(entry: string, bytes: number, file: { soFarBytes: number; readBytes: number }): void;
}

export function createArchiveBudget({ fileBytes, totalBytes, ratio }: ArchiveLimits): ArchiveBudget {
  let sum = 0;
  return {
    count(entry, bytes, { soFarBytes, readBytes }) {
      sum += bytes;
      const refuse = (message: string) => new InvalidArchiveError({ entry: showEntry(entry), message });
      if (soFarBytes > fileBytes) throw refuse(`it unpacks to more than ${fileBytes} bytes.`);
      if (sum > totalBytes) throw refuse(`with it the archive unpacks to more than ${totalBytes} bytes.`);
      if (soFarBytes > freeBytes + readBytes * ratio) throw refuse(`it unpacks to more than ${ratio} times its size: that is no model.`);
    },
  };
}

/** The names of an archive's files, as they will lie in a folder. */
export interface ArchiveNames {
  /** The path that an entry's file gets; null for what is left out. Throws INVALID_ARCHIVE. */
  take(name: string): string | null;
}

export function createArchiveNames({ entries }: Pick<ArchiveLimits, 'entries'>): ArchiveNames {
  const seen = new Map<string, string>();
  let count = 0;
  return {
    take(name) {
      count += 1;
      if (count > entries) throw new InvalidArchiveError({ message: `it has more than ${entries} entries: that is no model.` });
      const path = normalizeName(name);
      const refuse = (message: string) => new InvalidArchiveError({ entry: showEntry(name), message });
      if (path === '') return null;
      const reason = whyUnsafePath(path);
      if (reason !== null) throw refuse(reason);
      if (litter.test(path)) return null;
      if (nested.test(path)) throw refuse('it is an archive inside an archive. Pack the files themselves.');
      const other = seen.get(foldPath(path));
      if (other !== undefined) throw refuse(`the name is the same as that of ${showEntry(other)}.`);
      seen.set(foldPath(path), name);
      return path;
    },
  };
}

/** Packers write `./a` and some `a\b`; what is left is checked. */
function normalizeName(name: string): string {
  return name
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '')
    .normalize('NFC');
}

/** A hostile name as it may stand in a message: short, on one line. */
export function showEntry(name: string): string {
  return JSON.stringify(name.slice(0, 200)).slice(1, -1);
}
