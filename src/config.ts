import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { logLevels } from './log.ts';

/**
 * The only reader of the environment. Flags win over the environment, that over `modelkeep.json`, that over defaults.
 * A name that is not in the table, or a value out of range, stops the start with one clear line (`ConfigError`).
 */

const boolean = z.union([z.boolean(), z.enum(['true', 'false', '1', '0', '']).transform((text) => text === 'true' || text === '1')]);
const list = z.union([
  z.array(z.string()),
  z.string().transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ),
]);
const wholeNumber = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

const byteUnits: Record<string, number> = {
  '': 1,
  k: 1e3,
  kb: 1e3,
  kib: 1024,
  m: 1e6,
  mb: 1e6,
  mib: 1024 ** 2,
  g: 1e9,
  gb: 1e9,
  gib: 1024 ** 3,
};
const byteCount = z.union([
  z.number().int().positive(),
  z
    .string()
    .regex(/^\d+(\.\d+)?\s*([kmg]i?b?)?$/i, 'must be a number of bytes such as 67108864, 64MiB or 8GB')
    .transform((text) => {
      const [, amount = '0', unit = ''] = /^([\d.]+)\s*([a-z]*)$/i.exec(text) ?? [];
      return Math.round(Number(amount) * (byteUnits[unit.toLowerCase()] ?? 1));
    }),
]);

const durationUnits: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600 };
/** Seconds; null = for ever. */
const duration = z.union([
  z.null(),
  z.number().transform((seconds) => (seconds < 0 ? null : seconds)),
  z
    .string()
    .regex(/^(-1|forever|\d+[smh]?)$/, 'must be seconds or a duration such as 300, 5m or 1h; -1 or forever never ends')
    .transform((text) => {
      if (text === '-1' || text === 'forever') return null;
      return Number.parseInt(text, 10) * (durationUnits[text.replace(/\d+/, '')] ?? 1);
    }),
]);

/** The route families that an extra listener can serve at its root. */
export const listenerFamilies = ['ingrain-models', 'ingrain-inference', 'innodisk', 'afai', 'pieces', 'ollama'] as const;
export type ListenerFamily = (typeof listenerFamilies)[number];

const ports = z.union([
  z.record(z.enum(listenerFamilies), wholeNumber(0, 65535)),
  list.transform((pairs, context) => {
    const result: Partial<Record<ListenerFamily, number>> = {};
    for (const pair of pairs) {
      const [family, port] = pair.split('=');
      const known = listenerFamilies.find((name) => name === family);
      const number = wholeNumber(0, 65535).safeParse(port);
      if (!known || !port || !number.success) {
        context.addIssue({
          code: 'custom',
          message: `must be pairs such as ingrain-models=8687 with a family of ${listenerFamilies.join(', ')}; got ${JSON.stringify(pair)}`,
        });
        return z.NEVER;
      }
      result[known] = number.data;
    }
    return result;
  }),
]);

/** One row a setting: what it takes, its default, what it is for. The environment's name is `MODELKEEP_<KEY>`. */
const settings = {
  HOST: { schema: z.string().min(1), default: '127.0.0.1', about: 'Address to listen on.' },
  PORT: { schema: wholeNumber(0, 65535), default: 8686, about: 'Port of GraphQL and every REST route; 0 takes a free one.' },
  PORTS: { schema: ports, default: { 'ingrain-models': 8687 }, about: 'Extra listeners, family=port with commas between; empty for none.' },
  DATA: { schema: z.string().min(1), default: './data', about: 'Folder that holds the database and the models.' },
  API_KEYS: { schema: list, default: [], about: 'Keys that clients may use, with commas between.' },
  ALLOW_ANONYMOUS: { schema: boolean, default: false, about: 'Serve without keys on an address that others can reach.' },
  MAX_LOADED_MODELS: {
    schema: z.union([z.null(), wholeNumber(1, 10_000)]),
    default: null,
    about: 'Most models in memory at once; unset lets memory decide.',
  },
  ALLOWED_ORIGINS: { schema: list, default: [], about: 'Origins that browsers may call from, besides loopback ones.' },
  ALLOWED_HOSTS: { schema: list, default: [], about: 'Host names that an anonymous server answers to, besides loopback ones.' },
  DRAIN_SECONDS: { schema: wholeNumber(0, 3600), default: 10, about: 'How long a stopping server lets requests finish, in seconds.' },
  MEMORY_BUDGET: {
    schema: z.union([z.null(), byteCount]),
    default: null,
    about: 'Memory for loaded models, in bytes; unset is 80 % of what the machine has.',
  },
  THREADS: { schema: wholeNumber(1, 1024), default: availableParallelism(), about: 'Threads that all models together compute with.' },
  KEEP_ALIVE: { schema: duration, default: null, about: 'How long an idle model stays in memory (300, 5m, 1h); unset is for ever.' },
  MAX_BATCH_TOKENS: {
    schema: wholeNumber(1, 1_000_000),
    default: 512,
    about: 'Most padded tokens of one batch; a longer text runs alone.',
  },
  MAX_QUEUE: { schema: wholeNumber(1, 1_000_000), default: 256, about: 'Most requests that wait for one model.' },
  MAX_BODY_BYTES: { schema: byteCount, default: 64 * 1024 ** 2, about: 'Largest request body and WebSocket message, in bytes.' },
  MAX_UPLOAD_BYTES: { schema: byteCount, default: 64 * 1024 ** 3, about: 'Largest uploaded file, in bytes.' },
  FETCH_ALLOW: { schema: list, default: [], about: 'Hosts or CIDRs that may be fetched from although they are private.' },
  IMPORT_ROOTS: { schema: list, default: [], about: 'Folders that importModel may read from.' },
  OLLAMA_URL: { schema: z.union([z.null(), z.url()]), default: null, about: 'An Ollama server that models are also pushed to.' },
  LOG_LEVEL: { schema: z.enum(logLevels), default: 'info', about: `How much is logged: ${logLevels.join(', ')}.` },
} as const;

/** Names that upstream's own tools use, honoured as they are. */
const upstreamSettings = {
  HF_ENDPOINT: {
    schema: z.url({ protocol: /^https?$/ }),
    default: 'https://huggingface.co',
    about: 'The hub that models are downloaded from.',
  },
  HF_TOKEN: { schema: z.union([z.null(), z.string()]), default: null, about: 'Token for private and gated repositories.' },
  HF_HUB_OFFLINE: { schema: boolean, default: false, about: 'Never ask the hub.' },
} as const;

type Values = { [Key in keyof typeof settings]: z.output<(typeof settings)[Key]['schema']> } & {
  [Key in keyof typeof upstreamSettings]: z.output<(typeof upstreamSettings)[Key]['schema']>;
};

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
  fetchAllow: string[];
  importRoots: string[];
  ollamaUrl: string | null;
  logLevel: Values['LOG_LEVEL'];
  hubEndpoint: string;
  hubToken: string | null;
  hubOffline: boolean;
}

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
  const raw: Record<string, { value: unknown; from: string }> = {};
  for (const [key, value] of Object.entries(readFile(file))) {
    if (!(key in settings) && !(key in upstreamSettings))
      throw new ConfigError(`modelkeep.json: there is no setting ${key}. Known are: ${Object.keys(settings).join(', ')}.`);
    raw[key] = { value, from: `${key} in modelkeep.json` };
  }
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) continue;
    const key = name.startsWith('MODELKEEP_') ? name.slice('MODELKEEP_'.length) : name;
    if (name.startsWith('MODELKEEP_') && !(key in settings))
      throw new ConfigError(`There is no setting ${name}. Run "modelkeep config" for the list.`);
    if (
      name.startsWith('MODELKEEP_') ||
      name in upstreamSettings ||
      (name === 'MAX_LOADED_MODELS' && !raw[key]?.from.startsWith('MODELKEEP_'))
    ) {
      if (name === 'MAX_LOADED_MODELS' && environment[`MODELKEEP_${name}`] !== undefined) continue;
      raw[key] = { value: emptyAsDefault(value), from: name };
    }
  }
  for (const [flag, value] of Object.entries(flags)) {
    const key = flag.replaceAll('-', '_').toUpperCase();
    if (!(key in settings)) throw new ConfigError(`There is no option --${flag}. Run "modelkeep config" for the list.`);
    if (value !== undefined) raw[key] = { value, from: `--${flag}` };
  }
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries({ ...settings, ...upstreamSettings })) {
    const given = raw[key];
    if (given?.value === undefined) {
      values[key] = setting.default;
      continue;
    }
    const parsed = setting.schema.safeParse(given.value);
    if (!parsed.success) throw new ConfigError(`${given.from}: ${problem(parsed.error)}; got ${shown(key, given.value)}. ${setting.about}`);
    values[key] = parsed.data;
  }
  return toConfig(values as Values);
}

/** Every setting with its value and its purpose, for `modelkeep config`. Secrets show only whether they are set. */
export function describeConfig(config: Config): { name: string; value: unknown; about: string }[] {
  const values = toValues(config);
  return Object.entries({ ...settings, ...upstreamSettings }).map(([key, { about }]) => ({
    name: key in settings ? `MODELKEEP_${key}` : key,
    value: isSecret(key) ? hidden(values[key as keyof Values]) : values[key as keyof Values],
    about,
  }));
}

/** Whether others can reach an address: anything but loopback. */
export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare.endsWith('.localhost') || bare === '::1' || /^127\.\d+\.\d+\.\d+$/.test(bare);
}

function toConfig(values: Values): Config {
  const config: Config = {
    host: values.HOST,
    port: values.PORT,
    ports: values.PORTS as Config['ports'],
    dataFolder: values.DATA,
    apiKeys: values.API_KEYS,
    allowAnonymous: values.ALLOW_ANONYMOUS,
    maxLoadedModels: values.MAX_LOADED_MODELS,
    allowedOrigins: values.ALLOWED_ORIGINS,
    allowedHosts: values.ALLOWED_HOSTS,
    drainSeconds: values.DRAIN_SECONDS,
    memoryBudgetBytes: values.MEMORY_BUDGET,
    threads: values.THREADS,
    keepAliveSeconds: values.KEEP_ALIVE,
    maxBatchTokens: values.MAX_BATCH_TOKENS,
    maxQueue: values.MAX_QUEUE,
    maxBodyBytes: values.MAX_BODY_BYTES,
    maxUploadBytes: values.MAX_UPLOAD_BYTES,
    fetchAllow: values.FETCH_ALLOW,
    importRoots: values.IMPORT_ROOTS,
    ollamaUrl: values.OLLAMA_URL,
    logLevel: values.LOG_LEVEL,
    hubEndpoint: values.HF_ENDPOINT.replace(/\/+$/, ''),
    hubToken: values.HF_TOKEN,
    hubOffline: values.HF_HUB_OFFLINE,
  };
  if (!isLoopbackHost(config.host) && config.apiKeys.length === 0 && !config.allowAnonymous) {
    throw new ConfigError(
      `MODELKEEP_HOST is ${config.host}, which others can reach, and there is no key. Set MODELKEEP_API_KEYS, or MODELKEEP_ALLOW_ANONYMOUS=true if that is meant.`,
    );
  }
  return config;
}

function toValues(config: Config): Values {
  return {
    HOST: config.host,
    PORT: config.port,
    PORTS: config.ports,
    DATA: config.dataFolder,
    API_KEYS: config.apiKeys,
    ALLOW_ANONYMOUS: config.allowAnonymous,
    MAX_LOADED_MODELS: config.maxLoadedModels,
    ALLOWED_ORIGINS: config.allowedOrigins,
    ALLOWED_HOSTS: config.allowedHosts,
    DRAIN_SECONDS: config.drainSeconds,
    MEMORY_BUDGET: config.memoryBudgetBytes,
    THREADS: config.threads,
    KEEP_ALIVE: config.keepAliveSeconds,
    MAX_BATCH_TOKENS: config.maxBatchTokens,
    MAX_QUEUE: config.maxQueue,
    MAX_BODY_BYTES: config.maxBodyBytes,
    MAX_UPLOAD_BYTES: config.maxUploadBytes,
    FETCH_ALLOW: config.fetchAllow,
    IMPORT_ROOTS: config.importRoots,
    OLLAMA_URL: config.ollamaUrl,
    LOG_LEVEL: config.logLevel,
    HF_ENDPOINT: config.hubEndpoint,
    HF_TOKEN: config.hubToken,
    HF_HUB_OFFLINE: config.hubOffline,
  } as Values;
}

function readFile(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  } catch (error) {
    throw new ConfigError(`modelkeep.json is not JSON: ${(error as Error).message}`);
  }
  throw new ConfigError('modelkeep.json must hold one object, such as {"PORT": 8686}.');
}

/** An empty variable means "not set", as in every shell script; PORTS alone may be emptied on purpose. */
function emptyAsDefault(value: string): string | undefined {
  return value === '' ? undefined : value;
}

function problem(error: z.ZodError): string {
  return error.issues[0]?.message ?? 'is not valid';
}

function isSecret(key: string): boolean {
  return key === 'API_KEYS' || key === 'HF_TOKEN';
}

function shown(key: string, value: unknown): string {
  return isSecret(key) ? '(hidden)' : JSON.stringify(value);
}

function hidden(value: unknown): string {
  return value === null || (Array.isArray(value) && value.length === 0) ? '(none)' : '(set)';
}
