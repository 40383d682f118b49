/** How long things may take, and how much may be kept. Fixed for a server; tests shorten them. */
export interface SchedulerLimits {
  /** Checking a checkpoint's files. */
  inspectMs: number;
  /** Opening a model, until its first instance is ready. */
  loadMs: number;
  /** Work in flight in a runner without a sign of progress: preparing all of it, then each batch. */
  inferenceMs: number;
  /** How long an unloading model waits for its requests. */
  unloadMs: number;
  /** One probe. */
  probeMs: number;
  /** Between asking a runner to end and killing it. */
  endMs: number;
  /** Pause before the first restart after a crash; doubles with every further one. */
  firstRestartMs: number;
  /** The longest such pause. */
  longestRestartMs: number;
  /** Crashes without an answer in between after which a model is given up. */
  crashes: number;
  /** Between two measurements of the runners' memory. */
  memoryCheckMs: number;
  /** The most memory that checking a checkpoint's files may take. */
  inspectBytes: number;
  /** Characters of texts and bytes of images that the requests waiting for one model may have together. */
  queuedSize: number;
}

export const defaultLimits: SchedulerLimits = {
  inspectMs: 60_000,
  loadMs: 600_000,
  inferenceMs: 120_000,
  unloadMs: 30_000,
  probeMs: 10_000,
  endMs: 1000,
  firstRestartMs: 200,
  longestRestartMs: 30_000,
  crashes: 5,
  memoryCheckMs: 200,
  inspectBytes: 4 * 1024 ** 3,
  queuedSize: 256 * 1024 ** 2,
};
