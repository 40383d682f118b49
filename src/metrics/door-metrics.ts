import { Counter, Histogram, type Registry } from 'prom-client';
import { requestSeconds } from './buckets.ts';

export interface DoorReport {
  /** `graphql`, `graphql-websocket`, a REST family, `health` or `metrics`. */
  door: string;
  /** `OK`, or the code of the first failure. */
  outcome: string;
  /** Null for a stream, which lasts as long as its client likes. */
  durationMs: number | null;
}

/** Requests by the door that they came through. Answers what reports one. */
export function addDoorMetrics(register: Registry): (report: DoorReport) => void {
  const registers = [register];
  const total = new Counter({
    name: 'modelkeep_requests_total',
    help: 'Requests that ended, by the door they came through and the code of their first failure (OK: none).',
    labelNames: ['door', 'outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'modelkeep_request_duration_seconds',
    help: 'From the headers of a request to the end of its answer; streams are left out.',
    labelNames: ['door'],
    buckets: requestSeconds,
    registers,
  });
  return ({ door, outcome, durationMs }) => {
    total.inc({ door, outcome });
    if (durationMs !== null) duration.observe({ door }, durationMs / 1000);
  };
}
