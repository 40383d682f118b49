import { InsufficientDiskError } from '../errors.ts';

const sqliteFull = 13;
/** A write that failed for whatever reason; the file that processes share could not grow. */
const sqliteWriteFailures = [778, 4874];

/** Whether a failure of the database, or of a file, says that the disk is full. */
export function isDiskFull(error: unknown): boolean {
  const { errcode = 0, code } = (error ?? {}) as { errcode?: number; code?: string };
  return code === 'ENOSPC' || (errcode & 0xff) === sqliteFull || sqliteWriteFailures.includes(errcode);
}

/** What a client is told when a change could not be written down. */
export function noRoomForRecords(cause: unknown): InsufficientDiskError {
  const error = new InsufficientDiskError({ needBytes: 1, freeBytes: 0 });
  return Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true });
}
