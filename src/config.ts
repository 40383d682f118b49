import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { boolean, byteCount, duration, hubEndpoints, type ListenerFamily, list, ports, wholeNumber } from './config-values.ts';
import { logLevels } from './log.ts';

/**
 * The only reader of the environment. Flags win over the environment, that over `modelkeep.json`, that over defaults.
 * A name that is not in the table, or a value out of range, stops the start with one clear line (`ConfigError`).
 */

/** Every setting under the name that the code uses. */
export interface Config {
  host: string;
  port: number;
  ports: Partial<Record<ListenerFamily, number>>;
  dataFolder: string;
  apiKeys: string[];
  allowAnonymous: boolean;
  maxLoadedModels: number | null;
  allowedOrigins: string[];
  allowedHosts: string[];
  drainSeconds: number;
  memoryBudgetBytes: number | null;
  threads: number;
  /** null = for ever. */
  keepAliveSeconds: number | null;
  maxBatchTokens: number;
  maxQueue: number;
  maxBodyBytes: number;
  maxUploadBytes: number;
  maxImageBytes: number;
  maxImagePixels: number;
  maxImages: number;
  fetchAllow: string[];
  importRoots: string[];
  /** null = no limit. */
  downloadBytesPerSecond: number | null;
  downloadConnections: number;
  downloadConnectionsPerFile: number;
  ollamaUrl: string | null;
  logLevel: (typeof logLevels)[number];
  /** One address, or several with commas between: mirrors, asked in order. */
  hubEndpoint: string;
  hubToken: string | null;
  hubOffline: boolean;
  /** Base address of an OpenTelemetry collector; null traces nothing. */
  traceEndpoint: string | null;
  serviceName: string;
}

interface Setting {
  key: keyof Config;
  schema: z.ZodType;
  fallback: unknown;
  about: string;
}

function setting<Key extends keyof Config>(key: Key, schema: z.ZodType<Config[Key]>, fallback: Config[Key], about: string): Setting {
  return { key, schema, fallback, about };
}

/** One row a setting: what it takes, its default, what it is for. The environment's name is `MODELKEEP_<KEY>`. */
const settings = {
  HOST: setting('host', z.string().min(1), '127.0.0.1', 'Address to listen on.'),
  PORT: setting('port', wholeNumber(0, 65535), 8686, 'Port of GraphQL and every REST route; 0 takes a free one.'),
  PORTS: setting('ports', ports, { 'ingrain-models': 8687 }, 'Extra listeners, family=port with commas between; empty for none.'),
  DATA: setting('dataFolder', z.string().min(1), './data', 'Folder that holds the database and the models.'),
  API_KEYS: setting('apiKeys', list, [], 'Keys that clients may use, with commas between.'),
  ALLOW_ANONYMOUS: setting('allowAnonymous', boolean, false, 'Serve without keys on an address that others can reach.'),
  MAX_LOADED_MODELS: setting(
    'maxLoadedModels',
    z.union([z.null(), wholeNumber(1, 10_000)]),
    null,
    'Most models in memory at once; unset lets memory decide.',
  ),
  ALLOWED_ORIGINS: setting('allowedOrigins', list, [], 'Origins that browsers may call from, besides loopback ones.'),
  ALLOWED_HOSTS: setting('allowedHosts', list, [], 'Host names that an anonymous server answers to, besides loopback ones.'),
  DRAIN_SECONDS: setting('drainSeconds', wholeNumber(0, 3600), 10, 'How long a stopping server lets requests finish, in seconds.'),
  MEMORY_BUDGET: setting(
    'memoryBudgetBytes',
    z.union([z.null(), byteCount]),
    null,
    'Memory for loaded models, in bytes; unset is 80 % of what the machine has.',
  ),
  THREADS: setting('threads', wholeNumber(1, 1024), availableParallelism(), 'Threads that all models together compute with.'),
  KEEP_ALIVE: setting('keepAliveSeconds', duration, null, 'How long an idle model stays in memory (300, 5m, 1h); unset is for ever.'),
  MAX_BATCH_TOKENS: setting('maxBatchTokens', wholeNumber(1, 1_000_000), 512, 'Most padded tokens of one batch; a longer text runs alone.'),
  MAX_QUEUE: setting('maxQueue', wholeNumber(1, 1_000_000), 256, 'Most requests that wait for one model.'),
  MAX_BODY_BYTES: setting('maxBodyBytes', byteCount, 64 * 1024 ** 2, 'Largest request body and WebSocket message, in bytes.'),
  MAX_UPLOAD_BYTES: setting('maxUploadBytes', byteCount, 64 * 1024 ** 3, 'Largest uploaded file, in bytes.'),
  MAX_IMAGE_BYTES: setting('maxImageBytes', byteCount, 20 * 1000 ** 2, 'Largest image, encoded as it comes, in bytes.'),
  MAX_IMAGE_PIXELS: setting('maxImagePixels', wholeNumber(1, 1_000_000_000), 50_000_000, 'Largest image once decoded, in pixels.'),
  MAX_IMAGES: setting('maxImages', wholeNumber(1, 10_000), 256, 'Most images of one request.'),
  FETCH_ALLOW: setting('fetchAllow', list, [], 'Hosts or CIDRs that may be fetched from although they are private.'),
  IMPORT_ROOTS: setting('importRoots', list, [], 'Folders that importModel may read from.'),
  DOWNLOAD_BANDWIDTH: setting(
    'downloadBytesPerSecond',
    z.union([z.null(), byteCount]),
    null,
    'Most bytes a second that all downloads together take, e.g. 20MB; unset is no limit.',
  ),
  DOWNLOAD_CONNECTIONS: setting('downloadConnections', wholeNumber(1, 1000), 16, 'Most connections that all downloads together have open.'),
  DOWNLOAD_CONNECTIONS_PER_FILE: setting('downloadConnectionsPerFile', wholeNumber(1, 64), 4, 'Most connections for one large file.'),
  OLLAMA_URL: setting(
    'ollamaUrl',
    z.union([z.null(), z.url({ protocol: /^https?$/ })]),
    null,
    'An Ollama server that models are also pushed to.',
  ),
  LOG_LEVEL: setting('logLevel', z.enum(logLevels), 'info', `How much is logged: ${logLevels.join(', ')}.`),
};

/** Names that upstream's own tools use, honoured as they are. */
const upstreamSettings = {
  HF_ENDPOINT: setting(
    'hubEndpoint',
    hubEndpoints,
    'https://huggingface.co',
    'The hub that models are downloaded from; several with commas between are mirrors, asked in order.',
  ),
  HF_TOKEN: setting('hubToken', z.union([z.null(), z.string()]), null, 'Token for private and gated repositories.'),
  HF_HUB_OFFLINE: setting('hubOffline', boolean, false, 'Never ask the hub.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(
    'traceEndpoint',
    z.union([z.null(), z.url({ protocol: /^https?$/ })]),
    null,
    'An OpenTelemetry collector (OTLP over HTTP) that traces go to, such as http://127.0.0.1:4318.',
  ),
  OTEL_SERVICE_NAME: setting('serviceName', z.string().min(1), 'modelkeep', 'The name of this server in traces.'),
};

const allSettings: Record<string, Setting> = { ...settings, ...upstreamSettings };

/** A setting that cannot be used; its message is one line for the terminal. */
export class ConfigError extends Error {}

export interface ConfigSources {
  /** Command-line flags without their dashes, e.g. `{port: '0'}` for `--port 0`. */
  flags?: Record<string, string | undefined>;
  environment?: Record<string, string | undefined>;
  /** Text of `modelkeep.json`; undefined where there is none. */
  file?: string | undefined;
}

/** Reads the configuration of this process: its flags, its environment, `modelkeep.json` in the working directory. */
export function readConfig(flags: Record<string, string | undefined> = {}): Config {
  let file: string | undefined;
  try {
    file = readFileSync('modelkeep.json', 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new ConfigError(`modelkeep.json cannot be read: ${(error as Error).message}`);
  }
  return parseConfig({ flags, environment: process.env, file });
}

/** The environment that a child process gets: what the system's libraries need, and no key, token or setting of ours. */
export function scrubbedEnvironment(additions: Record<string, string> = {}): Record<string, string> {
  const kept = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'SYSTEMROOT', 'LD_LIBRARY_PATH'];
  const inherited = kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const]));
  return { ...Object.fromEntries(inherited), ...additions };
}

/** Joins the three sources and the defaults, and checks them all. Throws `ConfigError` for the first that is wrong. */
export function parseConfig({ flags = {}, environment = {}, file }: ConfigSources): Config {
  // Later entries win: the file, then the environment, then the flags.
  const given = new Map([...fromFile(file), ...fromEnvironment(environment), ...fromFlags(flags)]);
  const values: Record<string, unknown> = {};
  for (const [name, { key, schema, fallback, about }] of Object.entries(allSettings)) {
    const entry = given.get(name);
    if (!entry) {
      values[key] = fallback;
      continue;
    }
    const parsed = schema.safeParse(entry.value);
    if (!parsed.success) throw new ConfigError(`${entry.from}: ${problem(parsed.error)}; got ${shown(name, entry.value)}. ${about}`);
    values[key] = parsed.data;
  }
  // `setting` has held every fallback and every schema's output to the type of its key.
  const config = values as unknown as Config;
  if (!isLoopbackHost(config.host) && config.apiKeys.length === 0 && !config.allowAnonymous) {
    throw new ConfigError(
      `MODELKEEP_HOST is ${config.host}, which others can reach, and there is no key. Set MODELKEEP_API_KEYS, or MODELKEEP_ALLOW_ANONYMOUS=true if that is meant.`,
    );
  }
  return config;
}

/** Every setting with its value and its purpose, for `modelkeep config`. Secrets show only whether they are set. */
export function describeConfig(config: Config): { name: string; value: unknown; about: string }[] {
  return Object.entries(allSettings).map(([name, { key, about }]) => ({
    name: name in settings ? `MODELKEEP_${name}` : name,
    value: secrets.includes(name) ? hidden(config[key]) : config[key],
    about,
  }));
}

/** Names of the command line's options, without their dashes: one for each setting of ours. */
export function optionNames(): string[] {
  return Object.keys(settings).map((name) => name.toLowerCase().replaceAll('_', '-'));
}

/** Whether only this machine can reach an address. */
export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare.endsWith('.localhost') || bare === '::1' || /^127\.\d+\.\d+\.\d+$/.test(bare);
}

/** A value and where it came from, under the setting's name in the table. */
type Given = [name: string, entry: { value: unknown; from: string }];

function fromFile(text: string | undefined): Given[] {
  if (text === undefined) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`modelkeep.json is not JSON: ${oneLine((error as Error).message)}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new ConfigError('modelkeep.json must hold one object, such as {"PORT": 8686}.');
  return Object.entries(parsed).map(([name, value]) => {
    if (!Object.hasOwn(allSettings, name))
      throw new ConfigError(
        `modelkeep.json: there is no setting ${JSON.stringify(name)}. Known are: ${Object.keys(allSettings).join(', ')}.`,
      );
    return [name, { value, from: `${name} in modelkeep.json` }];
  });
}

function fromEnvironment(environment: Record<string, string | undefined>): Given[] {
  const prefixed = Object.keys(environment).filter((variable) => variable.startsWith('MODELKEEP_'));
  for (const variable of prefixed) {
    if (!Object.hasOwn(settings, variable.slice('MODELKEEP_'.length)))
      throw new ConfigError(`There is no setting ${variable}. Run "modelkeep config" for the list.`);
  }
  // Our own names last: MODELKEEP_MAX_LOADED_MODELS wins over MAX_LOADED_MODELS, which is Ingrain's; OLLAMA_URL is Innodisk's way.
  return [...Object.keys(upstreamSettings), 'MAX_LOADED_MODELS', 'OLLAMA_URL', ...prefixed].flatMap((variable): Given[] => {
    const value = environment[variable];
    const name = variable.replace(/^MODELKEEP_/, '');
    // An empty variable means "not set", as in every shell script; PORTS alone may be emptied on purpose.
    if (value === undefined || (value === '' && name !== 'PORTS')) return [];
    return [[name, { value, from: variable }]];
  });
}

function fromFlags(flags: Record<string, string | undefined>): Given[] {
  return Object.entries(flags).flatMap(([flag, value]): Given[] => {
    const name = flag.replaceAll('-', '_').toUpperCase();
    if (!Object.hasOwn(settings, name)) throw new ConfigError(`There is no option --${flag}. Run "modelkeep config" for the list.`);
    return value === undefined ? [] : [[name, { value, from: `--${flag}` }]];
  });
}

/** What is wrong, in the words of the form that a text can take: the last one of every union. */
function problem(error: { issues: readonly z.core.$ZodIssue[] }): string {
  const issue = error.issues[0];
  const nested = issue?.code === 'invalid_union' ? issue.errors.at(-1) : undefined;
  return nested && issue?.message === 'Invalid input' ? problem({ issues: nested }) : (issue?.message ?? 'is not valid');
}

const secrets = ['API_KEYS', 'HF_TOKEN'];

function shown(name: string, value: unknown): string {
  return secrets.includes(name) ? '(hidden)' : oneLine(JSON.stringify(value).slice(0, 200));
}

function hidden(value: unknown): string {
  return value === null || (Array.isArray(value) && value.length === 0) ? '(none)' : '(set)';
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
