import type { RequestScopes } from './request-scope.ts';
import type { Tracer } from './tracer.ts';

/** What the doors report to, and where they read what is reported. */
export interface Observation {
  readonly scopes: RequestScopes;
  /** Null where no collector is configured. */
  readonly tracer: Tracer | null;
  /** A request has ended; `durationMs` is null for a stream, which lasts as long as its client likes. */
  requestEnded(report: { door: string; outcome: string; durationMs: number | null }): void;
  /** The metrics as Prometheus reads them. */
  exposeMetrics(format: 'text/plain' | 'application/openmetrics-text'): Promise<{ text: string; contentType: string }>;
}
