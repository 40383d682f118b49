import { InsufficientDiskError } from '../errors.ts';
import { writableBytes } from '../sources/free-space.ts';

/** Room on the disk that running work has been promised, so that two downloads do not count on the same bytes. */
export interface DiskSpace {
  /** Promises so many bytes more on the disk that holds `folder`; dispose of the answer at the end. Throws INSUFFICIENT_DISK. */
  reserve(folder: string, needBytes: number): Promise<DiskReservation>;
  /** What could be reserved now, in bytes. */
  freeBytes(folder: string): Promise<number>;
}

export interface DiskReservation extends Disposable {
  /** Says how many of the promised bytes are written by now: the disk itself counts those. */
  written(bytes: number): void;
}

export function createDiskSpace(): DiskSpace {
  const reservations = new Set<{ needBytes: number; writtenBytes: number }>();

  async function freeBytes(folder: string): Promise<number> {
    const writable = await writableBytes(folder);
    const promised = [...reservations].reduce((sum, { needBytes, writtenBytes }) => sum + Math.max(0, needBytes - writtenBytes), 0);
    return Math.max(0, writable - promised);
  }

  return {
    freeBytes,
    async reserve(folder, needBytes) {
      const free = await freeBytes(folder);
      if (needBytes > free) throw new InsufficientDiskError({ needBytes, freeBytes: free });
      const reservation = { needBytes, writtenBytes: 0 };
      reservations.add(reservation);
      return {
        written(bytes) {
          reservation.writtenBytes = bytes;
        },
        [Symbol.dispose]: () => void reservations.delete(reservation),
      };
    },
  };
}
