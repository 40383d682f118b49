import { createApp } from '../../src/app.ts';
import { type Config, parseConfig } from '../../src/config.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';
import { createLog } from '../../src/log.ts';
import { createSmallSchema, type SmallSchema } from './small-schema.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The real doors over the small schema, with real services behind them. */
export interface SmallServer extends AsyncDisposable, SmallSchema {
  server: HttpServer;
  url: string;
  ports: Record<string, number>;
}

export async function startSmallServer(
  settings: Partial<Config> = {},
  timeouts: { headersMs?: number; requestMs?: number } = {},
): Promise<SmallServer> {
  await using undo = new AsyncDisposableStack();
  const folder = undo.use(await temporaryFolder());
  const config = { ...parseConfig({}), dataFolder: folder.path, port: 0, ports: {}, logLevel: 'silent' as const, ...settings };
  const app = undo.use(await createApp({ config, log: createLog({ level: config.logLevel }) }));
  const small = createSmallSchema();
  const server = createHttpServer({ services: app.services, schema: small.schema, timeouts });
  undo.defer(() => server.close());
  const { url, ports } = await server.listen();
  const kept = undo.move();
  return { ...small, server, url, ports, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
