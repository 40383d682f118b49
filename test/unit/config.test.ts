import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type Config,
  ConfigError,
  type ConfigSources,
  describeConfig,
  isLoopbackHost,
  optionNames,
  parseConfig,
} from '../../src/config.ts';

/** The one line that a configuration is refused with. */
function refusal(sources: ConfigSources): string {
  try {
    parseConfig(sources);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('The configuration was taken.');
}

describe('where a setting comes from', () => {
  const file = '{"PORT": 1001, "THREADS": 3, "DRAIN_SECONDS": 5}';

  test('flags win over the environment, that over the file, that over the default', () => {
    const config = parseConfig({
      flags: { port: '1003' },
      environment: { MODELKEEP_PORT: '1002', MODELKEEP_THREADS: '4' },
      file,
    });
    expect(config).toMatchObject({ port: 1003, threads: 4, drainSeconds: 5, maxQueue: 256 });
  });

  test('a flag that was not given and an empty variable leave what the file says', () => {
    expect(parseConfig({ flags: { port: undefined }, environment: { MODELKEEP_THREADS: '' }, file })).toMatchObject({
      port: 1001,
      threads: 3,
    });
  });

  test('without any source the documented defaults hold', () => {
    expect(parseConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 8686,
      ports: { 'ingrain-models': 8687 },
      dataFolder: './data',
      apiKeys: [],
      allowAnonymous: false,
      maxLoadedModels: null,
      maxBodyBytes: 67_108_864,
      keepAliveSeconds: null,
      hubEndpoint: 'https://huggingface.co',
      hubToken: null,
      hubOffline: false,
    } satisfies Partial<Config>);
  });

  test('OLLAMA_URL counts without our prefix, and has to be an address of the web', () => {
    expect(parseConfig({ environment: { OLLAMA_URL: 'http://127.0.0.1:11434' } }).ollamaUrl).toBe('http://127.0.0.1:11434');
    expect(() => parseConfig({ environment: { OLLAMA_URL: 'ftp://127.0.0.1' } })).toThrow('OLLAMA_URL');
  });

  test("Ingrain's MAX_LOADED_MODELS counts without our prefix, and ours wins over it", () => {
    expect(parseConfig({ environment: { MAX_LOADED_MODELS: '5' }, file: '{"MAX_LOADED_MODELS": 9}' }).maxLoadedModels).toBe(5);
    const both = { MODELKEEP_MAX_LOADED_MODELS: '7', MAX_LOADED_MODELS: '5' };
    expect(parseConfig({ environment: both }).maxLoadedModels).toBe(7);
    expect(parseConfig({ environment: Object.fromEntries(Object.entries(both).reverse()) }).maxLoadedModels).toBe(7);
  });

  test("the hub's own names are honoured, and no other foreign variable is looked at", () => {
    const environment = { HF_ENDPOINT: 'http://127.0.0.1:9000/', HF_TOKEN: 'hf_x', HF_HUB_OFFLINE: '1', PORT: 'no', HOST: '0.0.0.0' };
    expect(parseConfig({ environment })).toMatchObject({
      hubEndpoint: 'http://127.0.0.1:9000',
      hubToken: 'hf_x',
      hubOffline: true,
      port: 8686,
      host: '127.0.0.1',
    });
  });
});

describe('forms of a value', () => {
  test.each<[string, string, keyof Config, unknown]>([
    ['PORTS', 'ingrain-models=0, ollama=11434', 'ports', { 'ingrain-models': 0, ollama: 11434 }],
    ['API_KEYS', ' one , two,', 'apiKeys', ['one', 'two']],
    ['MAX_BODY_BYTES', '1000', 'maxBodyBytes', 1000],
    ['MAX_BODY_BYTES', '64MiB', 'maxBodyBytes', 67_108_864],
    ['MEMORY_BUDGET', '1.5 GB', 'memoryBudgetBytes', 1_500_000_000],
    ['KEEP_ALIVE', '5m', 'keepAliveSeconds', 300],
    ['KEEP_ALIVE', '90', 'keepAliveSeconds', 90],
    ['KEEP_ALIVE', 'forever', 'keepAliveSeconds', null],
    ['KEEP_ALIVE', '-1', 'keepAliveSeconds', null],
    ['ALLOW_ANONYMOUS', 'TRUE', 'allowAnonymous', true],
    ['ALLOW_ANONYMOUS', '0', 'allowAnonymous', false],
  ])('%s=%s', (name, text, key, value) => {
    expect(parseConfig({ environment: { [`MODELKEEP_${name}`]: text } })[key]).toEqual(value);
  });

  test('PORTS may be emptied: then there is no extra listener', () => {
    expect(parseConfig({ environment: { MODELKEEP_PORTS: '' } }).ports).toEqual({});
    expect(parseConfig({ flags: { ports: '' } }).ports).toEqual({});
    expect(parseConfig({ file: '{"PORTS": {}}' }).ports).toEqual({});
  });

  test('the file takes JSON forms', () => {
    const file = '{"PORTS": {"innodisk": 5000}, "API_KEYS": ["a,b"], "KEEP_ALIVE": null, "MAX_BODY_BYTES": 10, "ALLOW_ANONYMOUS": true}';
    expect(parseConfig({ file })).toMatchObject({
      ports: { innodisk: 5000 },
      apiKeys: ['a,b'],
      keepAliveSeconds: null,
      maxBodyBytes: 10,
      allowAnonymous: true,
    });
  });
});

describe('what stops the start', () => {
  test.each<[form: string, sources: ConfigSources, named: string]>([
    ['a port out of range', { flags: { port: '65536' } }, '--port'],
    ['a port that is no number', { environment: { MODELKEEP_PORT: 'http' } }, 'MODELKEEP_PORT'],
    ['an empty port', { flags: { port: '' } }, '--port'],
    ['a fraction', { environment: { MODELKEEP_THREADS: '1.5' } }, 'MODELKEEP_THREADS'],
    ['a negative number', { environment: { MODELKEEP_MAX_QUEUE: '-1' } }, 'MODELKEEP_MAX_QUEUE'],
    ['a hexadecimal number', { environment: { MODELKEEP_MAX_QUEUE: '0x10' } }, 'MODELKEEP_MAX_QUEUE'],
    ['true for a number', { file: '{"PORT": true}' }, 'PORT in modelkeep.json'],
    ['no threads', { environment: { MODELKEEP_THREADS: '0' } }, 'MODELKEEP_THREADS'],
    ['a size without sense', { environment: { MODELKEEP_MEMORY_BUDGET: 'much' } }, 'MODELKEEP_MEMORY_BUDGET'],
    ['a size of nothing', { environment: { MODELKEEP_MAX_BODY_BYTES: '0' } }, 'MODELKEEP_MAX_BODY_BYTES'],
    ['a size beyond counting', { environment: { MODELKEEP_MAX_BODY_BYTES: '99999999999GB' } }, 'MODELKEEP_MAX_BODY_BYTES'],
    ['a time without sense', { environment: { MODELKEEP_KEEP_ALIVE: 'soon' } }, 'MODELKEEP_KEEP_ALIVE'],
    ['neither true nor false', { environment: { MODELKEEP_ALLOW_ANONYMOUS: 'maybe' } }, 'MODELKEEP_ALLOW_ANONYMOUS'],
    ['an unknown family', { environment: { MODELKEEP_PORTS: 'openai=1' } }, 'MODELKEEP_PORTS'],
    ['a family without a port', { environment: { MODELKEEP_PORTS: 'ollama' } }, 'MODELKEEP_PORTS'],
    ['a family with two ports', { environment: { MODELKEEP_PORTS: 'ollama=1=2' } }, 'MODELKEEP_PORTS'],
    ['a family in the file with a wrong port', { file: '{"PORTS": {"ollama": 70000}}' }, 'PORTS in modelkeep.json'],
    ['an unknown level', { flags: { 'log-level': 'loud' } }, '--log-level'],
    ['a hub that is no web address', { environment: { HF_ENDPOINT: 'ftp://hub' } }, 'HF_ENDPOINT'],
    ['an unknown variable of ours', { environment: { MODELKEEP_PROT: '1' } }, 'MODELKEEP_PROT'],
    ['an unknown flag', { flags: { prot: '1' } }, '--prot'],
    ['a flag named after a property of every object', { flags: { constructor: '1' } }, '--constructor'],
    ['an unknown name in the file', { file: '{"prot": 1}' }, '"prot"'],
    ['a file that is not JSON', { file: '{\n"PORT": 1\n,,}' }, 'modelkeep.json'],
    ['a file with a list', { file: '[]' }, 'modelkeep.json'],
    ['a value with line breaks', { environment: { MODELKEEP_PORT: '1\n2' } }, 'MODELKEEP_PORT'],
  ])('%s: one line that names it', (_form, sources, named) => {
    const line = refusal(sources);
    expect(line).toContain(named);
    expect(line).not.toMatch(/[\r\n]/);
    expect(line).not.toContain('Invalid input');
  });

  test.each(['0.0.0.0', '::', '192.168.1.7', 'models.example'])('listening on %s without a key', (host) => {
    expect(refusal({ flags: { host } })).toContain('MODELKEEP_API_KEYS');
    expect(parseConfig({ flags: { host, 'api-keys': 'k' } }).host).toBe(host);
    expect(parseConfig({ flags: { host, 'allow-anonymous': 'true' } }).host).toBe(host);
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['localhost', true],
  ['LOCALHOST', true],
  ['::1', true],
  ['[::1]', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['127.0.0.1.example', false],
])('whether only this machine reaches %s: %s', (host, isLoopback) => {
  expect(isLoopbackHost(host)).toBe(isLoopback);
});

describe('what is shown', () => {
  const secret = 'very-secret-value';

  test('modelkeep config hides keys and tokens and shows the rest', () => {
    const rows = describeConfig(parseConfig({ environment: { MODELKEEP_API_KEYS: secret, HF_TOKEN: secret, MODELKEEP_PORT: '9' } }));
    expect(JSON.stringify(rows)).not.toContain(secret);
    const shownAs = (name: string) => rows.find((row) => row.name === name)?.value;
    expect([shownAs('MODELKEEP_API_KEYS'), shownAs('HF_TOKEN'), shownAs('MODELKEEP_PORT')]).toEqual(['(set)', '(set)', 9]);
  });

  test('a refusal never repeats a key', () => {
    expect(refusal({ file: `{"API_KEYS": {"key": "${secret}"}}` })).not.toContain(secret);
  });

  test('every setting of ours is an option of the command line', () => {
    expect(optionNames()).toEqual(expect.arrayContaining(['port', 'data', 'api-keys', 'max-loaded-models']));
    expect(optionNames()).not.toContain('hf-token');
  });
});

test('the README has a row for every setting', () => {
  const readme = readFileSync('README.md', 'utf8');
  const rows = describeConfig(parseConfig({})).filter(({ name, about }) => !readme.includes(`| \`${name}\` |`) || !readme.includes(about));
  expect(rows.map(({ name }) => name)).toEqual([]);
});
