import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../log.ts';
import type { Observation } from '../observation.ts';
import { acceptedRequestId, acceptedTraceparent, type RequestScope } from '../request-scope.ts';

interface ObserveOptions {
  observation: Observation;
  /** Without the query: that may carry a key. */
  path: string;
  log: Log;
}

/** Gives a request its id, and reports how it ended: to the log, the metrics, and the trace where there is one. */
export function observeRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { observation, path, log }: ObserveOptions,
): RequestScope {
  const { method = 'GET', headers } = request;
  const { tracer } = observation;
  const requestId = acceptedRequestId(headers['x-request-id']) ?? randomUUID();
  const parent = tracer && acceptedTraceparent(headers.traceparent);
  const span =
    tracer?.start(method, {
      parent,
      isServer: true,
      attributes: { 'http.request.method': method, 'url.path': path, 'modelkeep.request_id': requestId },
    }) ?? null;
  const scope: RequestScope = { requestId, door: 'graphql', outcome: null, traceparent: span?.traceparent ?? null };
  const startedMs = performance.now();
  response.once('close', () => {
    const { statusCode: status } = response;
    const durationMs = performance.now() - startedMs;
    const { door } = scope;
    const isStream = String(response.getHeader('content-type') ?? '').startsWith('text/event-stream');
    const outcome = scope.outcome ?? (isStream || response.writableFinished ? outcomeOf(status) : 'CANCELED');
    observation.requestEnded({ door, outcome, durationMs: isStream ? null : durationMs });
    log.debug({ requestId, method, path, door, outcome, status, durationMs: Math.round(durationMs) }, 'answered');
    span?.end({
      failure: outcome === 'OK' ? null : outcome,
      attributes: { 'http.response.status_code': status, 'modelkeep.door': door },
    });
  });
  return scope;
}

/** Of an answer that no failure of ours led to: few values, since each is a time series. */
function outcomeOf(status: number): string {
  if (status < 400) return 'OK';
  if (status === 401) return 'UNAUTHENTICATED';
  if (status === 403) return 'FORBIDDEN';
  if (status === 404) return 'NOT_FOUND';
  if (status === 503) return 'UNAVAILABLE';
  return status < 500 ? 'BAD_REQUEST' : 'INTERNAL';
}
