import type { GraphQLSchema } from 'graphql';
import { createKeyCheck } from '../graphql/authentication.ts';
import type { Services } from '../graphql/context.ts';
import { buildSchema } from '../graphql/schema.ts';
import { createGraphqlServer } from '../graphql/server.ts';
import { createWebSockets } from '../graphql/websocket.ts';
import { afai } from '../rest/afai.ts';
import { ingrainInference, ingrainModels } from '../rest/ingrain.ts';
import { innodisk } from '../rest/innodisk.ts';
import { pieces } from '../rest/pieces.ts';
import type { RouteFamily } from '../rest/route.ts';
import { createRouter } from '../rest/router.ts';
import { createBrowserPolicy } from './browser-policy.ts';
import { createDispatch } from './dispatch.ts';
import { createHealth } from './health.ts';
import { createListener, ListenError, type Listener, type ListenerTimeouts } from './listener.ts';
import { createExecute, createSubscribe } from './rest-door.ts';
import { createRestSockets } from './rest-sockets.ts';
import { createUploadsDoor } from './uploads-door.ts';

export interface HttpServerOptions {
  services: Services;
  /** Every documented API, in order of precedence on the main port. */
  families?: readonly [RouteFamily, ...RouteFamily[]];
  timeouts?: Partial<ListenerTimeouts>;
  schema?: GraphQLSchema;
}

export type HttpServer = ReturnType<typeof createHttpServer>;

const defaultFamilies = [ingrainInference, ingrainModels, afai, pieces, innodisk] as const;

/** Every door of the server: GraphQL and REST on the main port, single REST families on the ports of `PORTS`. */
export function createHttpServer({ services, families = defaultFamilies, timeouts = {}, schema = buildSchema() }: HttpServerOptions) {
  const { config, log } = services;
  const ending = new AbortController();
  const keyCheck = createKeyCheck(config.apiKeys);
  const graphql = createGraphqlServer({ services, schema, ending: ending.signal });
  const sockets = createWebSockets({ graphql, keyCheck, log, maxPayloadBytes: config.maxBodyBytes, observation: services.observation });
  const operations = { execute: createExecute(graphql), subscribe: createSubscribe(graphql) };
  const restSockets = createRestSockets({ ...operations, log });
  const shared = {
    policy: createBrowserPolicy(config),
    keyCheck,
    health: createHealth(services),
    ...operations,
    restSockets,
    uploads: services.lifecycle.uploads,
    limitBytes: config.maxBodyBytes,
    log,
    observation: services.observation,
  };
  const listenerOptions = {
    host: config.host,
    limitBytes: config.maxBodyBytes,
    timeouts: { headersMs: 15_000, requestMs: 300_000, ...timeouts },
  };
  const main = createListener({
    ...listenerOptions,
    port: config.port,
    setting: 'MODELKEEP_PORT',
    dispatch: createDispatch({
      ...shared,
      router: createRouter({ families, hasPrefixes: true }),
      graphql: { server: graphql, sockets },
      uploadsDoor: createUploadsDoor(services),
    }),
  });
  const listeners = new Map<string, Listener>([['main', main]]);
  for (const [name, port] of Object.entries(config.ports)) {
    const family = families.find((candidate) => candidate.name === name);
    if (!family)
      throw new ListenError(
        `MODELKEEP_PORTS: this server does not serve ${name} yet. Known are: ${families.map((known) => known.name).join(', ')}.`,
      );
    const dispatch = createDispatch({
      ...shared,
      router: createRouter({ families: [family], hasPrefixes: false }),
      graphql: null,
      uploadsDoor: null,
    });
    listeners.set(name, createListener({ ...listenerOptions, port, setting: 'MODELKEEP_PORTS', dispatch }));
  }

  async function close(): Promise<void> {
    // Streams end with a last typed event; requests in hand are let finish.
    ending.abort();
    const socketsLeft = Promise.all([sockets.drain(), restSockets.drain()]);
    const drained = Promise.all([...listeners.values()].map((listener) => listener.drain()));
    const deadline = Promise.withResolvers<void>();
    const stopWaiting = services.clock.setTimeout(deadline.resolve, config.drainSeconds * 1000);
    await Promise.race([Promise.all([drained, socketsLeft]), deadline.promise]);
    stopWaiting();
    sockets.destroy();
    restSockets.destroy();
    for (const listener of listeners.values()) listener.destroy();
    await drained;
  }

  let closing: Promise<void> | null = null;
  return {
    /** Opens every port; `ports` has each under its family's name, `main` for the main one. Throws `ListenError`. */
    async listen(): Promise<{ url: string; ports: Record<string, number> }> {
      const ports: Record<string, number> = {};
      try {
        for (const [name, listener] of listeners) ports[name] = await listener.listen();
      } catch (error) {
        await close();
        throw error;
      }
      return { url: `http://${hostInUrl(config.host)}:${ports.main}`, ports };
    },
    execute: graphql.execute,
    /** Lets what runs finish for `DRAIN_SECONDS`, then cuts it off. */
    close(): Promise<void> {
      closing ??= close();
      return closing;
    },
  };
}

/** An address that a client on this machine can use. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
