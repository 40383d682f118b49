import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** DESIGN's table: folder → what it may import besides its own files. */
const allowedImports: Record<string, readonly string[]> = {
  cli: ['demo'],
  demo: ['formats'],
  engines: ['formats'],
  formats: [],
  graphql: ['inference', 'lifecycle', 'models', 'scheduler', 'tasks'],
  http: ['graphql', 'rest'],
  inference: ['models', 'net', 'scheduler'],
  lifecycle: ['inference', 'models', 'net', 'scheduler', 'sources', 'tasks'],
  metrics: [],
  models: ['formats', 'storage'],
  net: [],
  rest: [],
  runner: ['engines'],
  scheduler: ['models'],
  sources: ['formats', 'net', 'storage'],
  storage: [],
  tasks: ['storage'],
  tracing: [],
};
const folders = Object.keys(allowedImports);

const forms = {
  value: (path: string) => `import { used } from '${path}';\nused();\n`,
  type: (path: string) => `import type { Used } from '${path}';\nexport const one: Used = 1;\n`,
  dynamic: (path: string) => `export const load = () => import('${path}');\n`,
  template: (path: string) => `export const load = () => import(\`${path}\`);\n`,
  importType: (path: string) => `export type One = import('${path}').Used;\n`,
  reExport: (path: string) => `export { used } from '${path}';\n`,
  sideEffect: (path: string) => `import '${path}';\n`,
};

interface Snippet {
  file: string;
  text: string;
  /** Category of the diagnostic that must come; null: the import rule must be silent. */
  refusedBy: RegExp | null;
}

const importRule = /noRestrictedImports|plugin/;
const snippets: Snippet[] = [];
for (const folder of folders) {
  for (const target of [...folders.filter((name) => name !== folder), 'app.ts', 'main.ts']) {
    if (folder === 'cli' && target === 'app.ts') continue;
    const path = target.endsWith('.ts') ? target : `${target}/thing.ts`;
    const isAllowed = allowedImports[folder]?.includes(target) ?? false;
    for (const [form, write] of Object.entries(forms)) {
      if (isAllowed && (form === 'template' || form === 'importType')) continue;
      const refusedBy = isAllowed ? null : importRule;
      snippets.push({ file: `src/${folder}/${form}-${target.replace('.', '-')}.ts`, text: write(`../${path}`), refusedBy });
      snippets.push({ file: `src/${folder}/deep/er/${form}-${target.replace('.', '-')}.ts`, text: write(`../../../${path}`), refusedBy });
      snippets.push({ file: `src/${folder}/deep/${form}-${target.replace('.', '-')}.ts`, text: write(`../../${path}`), refusedBy });
    }
  }
  const everybody = `import type { Config } from '../config.ts';\nimport { quote } from '../errors.ts';\nimport type { Log } from '../log.ts';\nimport { own } from './own.ts';\nexport const parts: [Config, Log] | string = quote(own);\n`;
  snippets.push({ file: `src/${folder}/everybody.ts`, text: everybody, refusedBy: null });
  const own = "import { own } from '../../own.ts';\nimport { other } from '../../parts/other.ts';\nexport const both = [own, other];\n";
  snippets.push({ file: `src/${folder}/deep/er/own.ts`, text: own, refusedBy: null });
}
const libraryOwners: [library: string, owners: string[]][] = [
  ['onnxruntime-node', ['src/engines/onnx/session.ts']],
  ['tokenizers', ['src/engines/tokenizer.ts']],
  ['pino', ['src/log.ts']],
  ['prom-client', ['src/metrics/owner.ts']],
  ['@opentelemetry/api', ['src/tracing/owner.ts']],
  ['@opentelemetry/sdk-trace', ['src/tracing/owner.ts']],
  ['node:sqlite', ['src/storage/owner.ts']],
  ['kysely', ['src/storage/owner.ts', 'src/models/owner.ts', 'src/tasks/owner.ts']],
];
for (const [library, owners] of libraryOwners) {
  for (const [form, write] of Object.entries(forms).filter(([name]) => name !== 'template' && name !== 'importType')) {
    const slug = library.replace(/\W/g, '-');
    snippets.push({ file: `src/engines/onnx/${form}-of-${slug}.ts`, text: write(library), refusedBy: importRule });
    snippets.push({ file: `src/graphql/${form}-of-${slug}.ts`, text: write(library), refusedBy: importRule });
    for (const owner of owners) snippets.push({ file: owner, text: write(library), refusedBy: null });
  }
}

const otherRules: [rule: string, file: string, text: string][] = [
  ['noFloatingPromises', 'src/net/floats.ts', 'async function wait(): Promise<void> {}\nwait();\n'],
  ['noImportCycles', 'src/net/ring-a.ts', "import type { B } from './ring-b.ts';\nexport type A = B | null;\n"],
  ['noDefaultExport', 'src/net/by-default.ts', 'export default 1;\n'],
  ['noConsole', 'src/net/speaks.ts', "console.error('x');\n"],
  ['noProcessEnv', 'src/net/environment.ts', 'export const home = process.env.HOME;\n'],
  ['noExplicitAny', 'src/net/any.ts', 'export let anything: any;\n'],
  ['useImportExtensions', 'src/net/extension.ts', "import { own } from './own';\nown();\n"],
  ['useNodejsImportProtocol', 'src/net/protocol.ts', "import { join } from 'path';\njoin();\n"],
  ['noReExportAll', 'src/net/index.ts', "export * from './own.ts';\n"],
  ['noBarrelFile', 'src/net/barrel.ts', "export { own } from './own.ts';\n"],
];

/** Runs biome once over a tree with all snippets, under this repository's own settings; answers categories per file. */
async function lintAll(folder: string, files: readonly { file: string; text: string }[]): Promise<Map<string, string[]>> {
  await cp('biome.json', join(folder, 'biome.json'));
  await cp('.ci/lint', join(folder, '.ci/lint'), { recursive: true });
  for (const { file, text } of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  const biome = join(process.cwd(), 'node_modules/.bin/biome');
  const args = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json', 'src'];
  // Biome ends with 1 when it finds something: what it says matters here, not how it ends.
  const { stdout } = await promisify(execFile)(biome, args, { cwd: folder, maxBuffer: 64 * 1024 ** 2 }).catch((error) => error);
  const found = new Map<string, string[]>();
  for (const { category, location } of JSON.parse(stdout).diagnostics) {
    found.set(location.path, [...(found.get(location.path) ?? []), category]);
  }
  return found;
}

describe('the lint settings', () => {
  let found: Map<string, string[]>;
  beforeAll(async () => {
    await using folder = await temporaryFolder();
    const others = otherRules.map(([, file, text]) => ({ file, text }));
    const helpers = [
      { file: 'src/net/own.ts', text: 'export const own = () => 1;\n' },
      { file: 'src/net/ring-b.ts', text: "import type { A } from './ring-a.ts';\nexport type B = A[];\n" },
    ];
    found = await lintAll(folder.path, [...snippets, ...others, ...helpers]);
  });

  test.each(folders)('hold %s to its row of the import table, whatever the form of the import', (folder) => {
    const own = snippets.filter(({ file }) => file.startsWith(`src/${folder}/`));
    const wrong = own.filter(({ file, refusedBy }) => {
      const isRefused = (found.get(file) ?? []).some((category) => importRule.test(category));
      return isRefused !== (refusedBy !== null);
    });
    expect(wrong.map(({ file }) => file)).toEqual([]);
    expect(own.some(({ refusedBy }) => refusedBy !== null)).toBe(true);
  });

  test('have a row for every folder of the source', async () => {
    const entries = await readdir('src', { withFileTypes: true });
    const present = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(present.filter((name) => !folders.includes(name))).toEqual([]);
  });

  test.each(otherRules)('refuse what %s is about', (rule, file) => {
    expect(found.get(file)?.map((category) => category.split('/').at(-1))).toContain(rule);
  });
});
