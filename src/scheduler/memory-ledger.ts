/** What one runner takes of the memory budget. */
export interface MemoryPlace {
  readonly bytes: number;
  /** Replaces the estimate, or the measurement before, by what the process really holds. */
  measure(bytes: number): void;
  /** Gives the memory back; to be called once the process is gone. */
  release(): void;
}

/** Which runner takes how much of the memory that models may use. */
export interface MemoryLedger {
  readonly budgetBytes: number;
  /** Sum over the runners, measured where a measurement came, else estimated. */
  readonly usedBytes: number;
  /** Below zero when runners grew beyond the budget. */
  readonly freeBytes: number;
  /** Enters a runner with its estimate, whether or not it fits: who asks has looked. */
  enter(modelId: string, estimateBytes: number): MemoryPlace;
  /** Sum over a model's runners. */
  bytesOf(modelId: string): number;
}

/** Makes an empty ledger. */
export function createMemoryLedger({ budgetBytes }: { budgetBytes: number }): MemoryLedger {
  const places = new Map<MemoryPlace, { modelId: string; bytes: number }>();
  const sum = (chosen: (modelId: string) => boolean) =>
    [...places.values()].reduce((total, { modelId, bytes }) => total + (chosen(modelId) ? bytes : 0), 0);

  return {
    budgetBytes,
    get usedBytes() {
      return sum(() => true);
    },
    get freeBytes() {
      return budgetBytes - sum(() => true);
    },
    bytesOf: (wanted) => sum((modelId) => modelId === wanted),
    enter(modelId, estimateBytes) {
      const entry = { modelId, bytes: estimateBytes };
      const place: MemoryPlace = {
        get bytes() {
          return entry.bytes;
        },
        measure(bytes) {
          entry.bytes = bytes;
        },
        release() {
          places.delete(place);
        },
      };
      places.set(place, entry);
      return place;
    },
  };
}
