/** Makes spans. There is one only where a collector is configured: elsewhere it is null and costs nothing. */
export interface Tracer {
  start(name: string, options: SpanOptions): Span;
  /** Sends what was not sent yet, for a moment only: a collector that is away must not hold a stopping server. */
  close(): Promise<void>;
}

export interface SpanOptions {
  /** `traceparent` of the span that it belongs under; null makes a trace of its own. */
  parent: string | null;
  /** Whether it is a client's request. */
  isServer?: boolean;
  /** Milliseconds since 1970; now where it is left out. */
  startedAtMs?: number;
  attributes?: SpanAttributes;
}

export type SpanAttributes = Record<string, string | number | boolean>;

export interface Span {
  /** Names it as the parent of others, in other processes too. */
  readonly traceparent: string;
  /** `failure` is a code; null or none where all went well. */
  end(result?: { failure?: string | null; endedAtMs?: number; attributes?: SpanAttributes }): void;
}
