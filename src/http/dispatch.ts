import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { InternalError, UnauthenticatedError } from '../errors.ts';
import type { KeyCheck } from '../graphql/authentication.ts';
import type { Services } from '../graphql/context.ts';
import type { GraphqlServer } from '../graphql/server.ts';
import type { WebSockets } from '../graphql/websocket.ts';
import type { Log } from '../log.ts';
import type { Observation } from '../observation.ts';
import type { RequestScope } from '../request-scope.ts';
import type { Answer, Execute, Subscribe } from '../rest/route.ts';
import type { Router } from '../rest/router.ts';
import { graphqlRefusal, writeAnswer } from './answer.ts';
import type { BrowserPolicy } from './browser-policy.ts';
import { answerGraphql, isBrowser, isGraphiqlPage } from './graphql-door.ts';
import type { createHealth } from './health.ts';
import { answerMetrics, prometheusFormat } from './metrics-door.ts';
import { observeRequest } from './observed-request.ts';
import { answerRest } from './rest-door.ts';
import { type RestSockets, refuseUpgrade } from './rest-sockets.ts';
import type { UploadsDoor } from './uploads-door.ts';

export interface DispatchOptions {
  router: Router;
  /** Null for a listener that serves one REST family alone. */
  graphql: { server: GraphqlServer; sockets: WebSockets } | null;
  policy: BrowserPolicy;
  keyCheck: KeyCheck;
  health: ReturnType<typeof createHealth>;
  execute: Execute;
  subscribe: Subscribe;
  restSockets: RestSockets;
  /** Resumable uploads; null for a listener that serves one REST family alone. */
  uploadsDoor: UploadsDoor | null;
  uploads: Services['lifecycle']['uploads'];
  limitBytes: number;
  log: Log;
  observation: Observation;
}

/** Sends each request of a listener to its door, after the checks that all doors share. */
export function createDispatch(options: DispatchOptions) {
  const { router, graphql, policy, keyCheck, health, execute, subscribe, restSockets, uploadsDoor, uploads, limitBytes, log, observation } =
    options;

  async function answer(request: IncomingMessage, response: ServerResponse, scope: RequestScope): Promise<void> {
    const { method = 'GET', headers } = request;
    const path = pathOf(request);
    setHeaders(response, { 'x-request-id': scope.requestId, ...policy.responseHeaders(headers) });
    const isGraphql = graphql !== null && path === '/graphql';
    const isUpload = uploadsDoor?.owns(path) ?? false;
    const match = isGraphql || isUpload ? null : router.find(method, path);
    if (match) scope.door = match.family.name;
    const refusal = policy.refusal(headers, method);
    if (refusal !== null) return refuse(match?.family.errors.forbidden(refusal) ?? graphqlRefusal(403, 'FORBIDDEN', refusal));
    const preflight = policy.preflightHeaders(headers, method);
    if (preflight) return refuse({ status: 204, body: undefined, headers: preflight });
    if (graphql && path === '/' && isBrowser(request)) return refuse({ status: 302, body: undefined, headers: { location: '/graphql' } });
    if ((path === '/live' || path === '/ready') && isRead(method)) {
      scope.door = 'health';
      return refuse(path === '/live' ? health.live() : await health.ready());
    }
    if (isUpload) scope.door = 'uploads';
    const isOpen = match ? match.kind === 'route' && match.route.isOpen === true : isGraphiqlPage(request);
    if (!isOpen && !keyCheck.acceptsHeader(headers.authorization)) {
      const { message } = new UnauthenticatedError();
      return refuse(match?.family.errors.unauthenticated(message) ?? unauthenticatedGraphql(message));
    }
    const format = prometheusFormat(match, headers.accept);
    if (format !== null) {
      scope.door = 'metrics';
      return refuse(await answerMetrics(observation, format));
    }
    if (match) return answerRest(request, response, match, { execute, subscribe, limitBytes, uploads, log });
    if (isUpload) return uploadsDoor?.handle(request, response);
    if (graphql) return answerGraphql(request, response, { graphql: graphql.server, limitBytes });

    function refuse(answer: Answer): void {
      writeAnswer(request, response, answer);
    }
  }

  return {
    /** Whether a request brings files of any size: neither the body's limit nor its time limit holds then. */
    takesFiles(request: IncomingMessage): boolean {
      const path = pathOf(request);
      if (uploadsDoor?.owns(path)) return true;
      const match = router.find(request.method ?? 'GET', path);
      return match.kind === 'route' && match.route.reads === 'FILES';
    },
    request(request: IncomingMessage, response: ServerResponse): void {
      const scope = observeRequest(request, response, { observation, path: pathOf(request), log });
      void observation.scopes.run(scope, () =>
        answer(request, response, scope).catch((error: unknown) => {
          const id = randomUUID();
          log.error({ err: error, id }, 'a request failed unexpectedly');
          writeAnswer(request, response, graphqlRefusal(500, 'INTERNAL', new InternalError({ id }).message));
        }),
      );
    },
    /**
     * A WebSocket wants in: GraphQL's, whose key comes with `connection_init`, since browsers cannot set headers; or one of a
     * documented API, whose clients can do neither and may put the key into the address.
     */
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      socket.on('error', (error) => log.debug({ err: error }, 'an upgrading socket failed'));
      const { headers } = request;
      const match = graphql && pathOf(request) === '/graphql' ? null : router.find('GET', pathOf(request));
      if (policy.refusal(headers, 'GET') !== null) refuseUpgrade(socket, 403);
      else if (!match) graphql?.sockets.upgrade(request, socket, head);
      else if (match.kind !== 'route' || !match.route.connect) refuseUpgrade(socket, 404);
      else if (!keyCheck.acceptsHeader(headers.authorization) && !keyCheck.accepts(keyInQuery(request))) refuseUpgrade(socket, 401);
      else void restSockets.upgrade(request, socket, head, match);
    },
  };
}

/** The raw path: nothing is decoded or normalised, a proxy's absolute form loses its origin. */
function pathOf({ url = '/' }: IncomingMessage): string {
  const [path = '/'] = url.replace(/^https?:\/\/[^/?]*/i, '').split(/[?#]/, 1);
  return path === '' ? '/' : path;
}

function keyInQuery({ url = '' }: IncomingMessage): string | undefined {
  return new URLSearchParams(/\?(.*)$/s.exec(url)?.[1]).get('key') ?? undefined;
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

function unauthenticatedGraphql(message: string): Answer {
  const { headers = {}, ...answer } = graphqlRefusal(401, 'UNAUTHENTICATED', message);
  return { ...answer, headers: { ...headers, 'www-authenticate': 'Bearer' } };
}
