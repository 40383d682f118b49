import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { Observation } from '../observation.ts';
import { acceptedRequestId, acceptedTraceparent, type RequestScope } from '../request-scope.ts';
import { failureOf } from './observed-operation.ts';

/** The operations of one WebSocket: to metrics, traces and the log each is a request of its own. */
export interface ObservedSocket {
  /** `owner` stands for the operation until it ends; the connection's request id is the beginning of its own. */
  begin(owner: object, query: string): RequestScope;
  end(owner: object, errors?: readonly GraphQLError[]): void;
  /** The client has left: what is under way ends. */
  endAll(): void;
}

const door = 'graphql-websocket';

export function observeSocket(headers: IncomingHttpHeaders, { tracer, requestEnded }: Observation): ObservedSocket {
  const connectionId = acceptedRequestId(headers['x-request-id']) ?? randomUUID();
  const parent = acceptedTraceparent(headers.traceparent);
  const ends = new Map<object, (outcome: string) => void>();
  let count = 0;

  function end(owner: object, outcome: string): void {
    ends.get(owner)?.(outcome);
    ends.delete(owner);
  }

  return {
    begin(owner, query) {
      count += 1;
      const requestId = `${connectionId}.${count}`;
      const startedMs = performance.now();
      const span = tracer?.start('WEBSOCKET', { parent, isServer: true, attributes: { 'modelkeep.request_id': requestId } });
      const scope: RequestScope = { requestId, door, outcome: null, traceparent: span?.traceparent ?? null };
      const isStream = query.includes('subscription');
      ends.set(owner, (outcome) => {
        const code = scope.outcome ?? outcome;
        requestEnded({ door, outcome: code, durationMs: isStream ? null : performance.now() - startedMs });
        span?.end({ failure: code === 'OK' ? null : code });
      });
      return scope;
    },
    end: (owner, errors) => end(owner, failureOf(errors ? { errors } : {}) ?? 'OK'),
    endAll() {
      for (const owner of [...ends.keys()]) end(owner, 'CANCELED');
    },
  };
}
