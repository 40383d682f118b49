import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { UploadStore } from './upload.ts';

const intervalMs = 3_600_000;

/** Sweeps now, then every hour. Answers a function that ends it. */
export function sweepRegularly(uploads: Pick<UploadStore, 'sweep'>, { clock, log }: { clock: Clock; log: Log }): () => void {
  let cancelTimer = () => {};
  function sweep(): void {
    uploads.sweep().then(
      (removed) => removed > 0 && log.info({ removed }, 'uploads that nobody used were removed'),
      (error: unknown) => log.error({ err: error }, 'uploads could not be swept'),
    );
    cancelTimer = clock.setTimeout(sweep, intervalMs);
  }
  sweep();
  return () => cancelTimer();
}
