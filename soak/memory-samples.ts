import { childrenOf, memoryOf } from './processes.ts';

/** Memory of a server and of its runners over time. */
export interface MemorySamples {
  /** Ends the measuring; one line and, where memory grew, a complaint for each process that lived long enough to tell. */
  finish(): { figures: string; complaints: string[] };
}

interface Sample {
  atMs: number;
  bytes: number;
}

const everyMs = 500;
/** The first part of the time fills caches and is not looked at. */
const warmUpShare = 1 / 3;
/** What the second half may have more than the first, on average. */
const mostGrowth = 0.1;

/** Starts to measure a server and its children. */
export function sampleMemory(serverId: number): MemorySamples {
  const series = new Map<number, Sample[]>();
  const startedMs = performance.now();
  const sample = () => {
    for (const processId of [serverId, ...childrenOf(serverId)]) {
      const samples = series.get(processId) ?? [];
      series.set(processId, samples);
      const bytes = memoryOf(processId);
      if (bytes > 0) samples.push({ atMs: performance.now() - startedMs, bytes });
    }
  };
  const timer = setInterval(sample, everyMs);

  return {
    finish() {
      clearInterval(timer);
      const wholeMs = performance.now() - startedMs;
      const lines: string[] = [];
      const complaints: string[] = [];
      for (const [processId, samples] of series) {
        const steady = samples.filter(({ atMs }) => atMs > wholeMs * warmUpShare);
        // One that came or went in between tells nothing about growth.
        if (steady.length < ((wholeMs * (1 - warmUpShare)) / everyMs) * 0.8) continue;
        const half = Math.floor(steady.length / 2);
        const [before, after] = [mean(steady.slice(0, half)), mean(steady.slice(half))];
        const who = processId === serverId ? 'server' : 'runner';
        const slope = (slopePerMs(steady) * 60_000) / 1e6;
        lines.push(`${who} ${megabytes(before)} then ${megabytes(after)} (${slope.toFixed(2)} MB a minute)`);
        if (after > before * (1 + mostGrowth)) complaints.push(`the ${who} grew from ${megabytes(before)} to ${megabytes(after)}`);
      }
      return { figures: lines.join(', '), complaints };
    },
  };
}

function mean(samples: readonly Sample[]): number {
  return samples.reduce((sum, { bytes }) => sum + bytes, 0) / Math.max(1, samples.length);
}

/** The straight line through the samples, by least squares. */
function slopePerMs(samples: readonly Sample[]): number {
  const middle = samples.reduce((sum, { atMs }) => sum + atMs, 0) / samples.length;
  const level = mean(samples);
  const rise = samples.reduce((sum, { atMs, bytes }) => sum + (atMs - middle) * (bytes - level), 0);
  return rise / samples.reduce((sum, { atMs }) => sum + (atMs - middle) ** 2, 0);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
