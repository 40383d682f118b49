import { type App, type AppOptions, createApp } from '../../src/app.ts';
import { type Config, parseConfig } from '../../src/config.ts';
import { query } from './graphql-client.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A whole server on loopback, in a data folder of its own. */
export interface RunningApp extends AsyncDisposable {
  readonly app: App;
  /** e.g. `http://127.0.0.1:41234` */
  readonly url: string;
  readonly ports: Record<string, number>;
}

/** Starts a server on free ports; `settings` replaces what it would be configured with. */
export async function runningApp(settings: Partial<Config> = {}, { limits = {} }: Pick<AppOptions, 'limits'> = {}): Promise<RunningApp> {
  await using undo = new AsyncDisposableStack();
  const folder = undo.use(await temporaryFolder());
  const config = { ...parseConfig({}), dataFolder: folder.path, port: 0, ports: {}, logLevel: 'error' as const, ...settings };
  const app = undo.use(await createApp({ config, limits }));
  const { url, ports } = await app.listen();
  const kept = undo.move();
  return { app, url, ports, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Posts JSON and gives the status with the parsed answer. */
export async function postJson(url: string, body: unknown, init: RequestInit = {}): Promise<{ status: number; body: any }> {
  const response = await fetch(url, {
    method: 'POST',
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) };
  } catch {
    return { status: response.status, body: text };
  }
}

/** The data of one GraphQL operation over HTTP; throws its first error. */
export async function graphql<Data = any>(url: string, document: string, variables: Record<string, unknown> = {}): Promise<Data> {
  const { body } = await query(url, document, variables);
  if (body.errors) throw new Error(JSON.stringify(body.errors[0]));
  return body.data;
}
