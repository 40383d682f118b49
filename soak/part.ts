/** How much of everything a soak does. */
export interface SoakScale {
  /** Moments at which the server is killed. */
  serverKills: number;
  /** Moments at which the server is killed in a download of so many bytes. */
  downloadKills: number;
  downloadBytes: number;
  /** Moments at which the server is killed in a deployment. */
  deployKills: number;
  runnerKills: number;
  /** Clients that come at once to a queue of eight. */
  crowd: number;
  /** Of each kind of bad client. */
  badClients: number;
  /** Loads and unloads of one model. */
  cycles: number;
  mixedMs: number;
  /** Slow-loris clients and half-open sockets must be thrown out within so much. */
  patienceMs: number;
  seed: number;
}

/** One line of the table. */
export interface SoakRow {
  what: string;
  /** What happened, in figures. */
  figures: string;
  /** What should not have happened; empty when all is well. */
  complaints: string[];
}

/** Numbers from 0 up to 1 that depend on the seed alone. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Counts things by name, e.g. answers by their code. */
export function createTally() {
  const counts = new Map<string, number>();
  return {
    add(name: string): void {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    of: (name: string): number => counts.get(name) ?? 0,
    get total(): number {
      return [...counts.values()].reduce((sum, count) => sum + count, 0);
    },
    toString: (): string => [...counts].map(([name, count]) => `${count} ${name}`).join(', ') || 'nothing',
    names: (): string[] => [...counts.keys()],
  };
}
