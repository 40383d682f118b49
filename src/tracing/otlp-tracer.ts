import { ROOT_CONTEXT, SpanKind, type Context as SpanPlace, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Log } from '../log.ts';
import type { Tracer } from '../tracer.ts';

export interface OtlpTracerOptions {
  /** Base address of the collector, e.g. `http://127.0.0.1:4318`; spans go to `/v1/traces` below it. */
  endpoint: string;
  serviceName: string;
  version: string;
  log: Log;
}

/** How often spans are sent, how long one sending may take, and how long a stopping server waits for the last. */
const sendEveryMs = 2000;
const sendTimeoutMs = 5000;
const closeTimeoutMs = 2000;

/**
 * Sends spans to an OpenTelemetry collector over OTLP/HTTP, with the official SDK. It is imported only where a collector is
 * configured: it takes about 80 ms to load and 27 MB. The SDK itself reads `OTEL_EXPORTER_OTLP_HEADERS` and its like.
 */
export function createOtlpTracer({ endpoint, serviceName, version, log }: OtlpTracerOptions): Tracer {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = logged(new OTLPTraceExporter({ url, timeoutMillis: sendTimeoutMs }), log);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: sendEveryMs, exportTimeoutMillis: sendTimeoutMs })],
  });
  const tracer = provider.getTracer('modelkeep', version);

  return {
    start(name, { parent, isServer = false, startedAtMs, attributes = {} }) {
      const kind = isServer ? SpanKind.SERVER : SpanKind.INTERNAL;
      const start = startedAtMs === undefined ? {} : { startTime: startedAtMs };
      const span = tracer.startSpan(name, { kind, attributes, ...start }, placeOf(parent));
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
        end({ failure = null, endedAtMs, attributes: more } = {}) {
          if (more) span.setAttributes(more);
          if (failure !== null) span.setStatus({ code: SpanStatusCode.ERROR, message: failure }).setAttribute('error.type', failure);
          span.end(endedAtMs);
        },
      };
    },
    async close() {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, closeTimeoutMs);
      // A collector that is away is no failure of ours.
      await Promise.race([provider.shutdown().catch(() => {}), late]);
      clearTimeout(timer);
    },
  };
}

/** Says that spans are lost, once until they are taken again: the SDK keeps it to itself. */
function logged(exporter: SpanExporter, log: Log): SpanExporter {
  let isFailing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.error && !isFailing) log.warn({ reason: result.error.message }, 'traces could not be sent');
        isFailing = result.error !== undefined;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}

function placeOf(traceparent: string | null): SpanPlace {
  if (traceparent === null) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
