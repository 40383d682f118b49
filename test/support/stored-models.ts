import { createHash, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import type { CheckpointFacts } from '../../src/formats/checkpoint-facts.ts';
import { createLog } from '../../src/log.ts';
import { createCatalogue } from '../../src/models/catalogue.ts';
import type { InstallRequest } from '../../src/models/install.ts';
import { partialFolder } from '../../src/models/model-folders.ts';
import { openDatabase } from '../../src/storage/database.ts';

/** What a small checkpoint might be known for. */
export const someFacts: CheckpointFacts = {
  library: 'SENTENCE_TRANSFORMERS',
  architecture: 'BertModel',
  capabilities: ['EMBED_TEXT'],
  description: 'BertModel, mean pooling.',
  parameterCount: 1000,
  quantization: 'F32',
  dimensions: 8,
  maxTokens: 512,
  labels: [],
  prompts: { query: 'query: ' },
  defaultPromptName: null,
  memoryBytes: 100_000,
};

/** An open catalogue on a data folder, reconciled as at a start. */
export async function openCatalogue(dataFolder: string) {
  const database = await openDatabase(dataFolder);
  const catalogue = createCatalogue({ database, dataFolder, clock: systemClock, log: createLog({ level: 'silent' }) });
  await catalogue.reconcile();
  return { catalogue, database, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
}

/** Staged files with these contents, ready to install. */
export async function stage(
  dataFolder: string,
  name: string,
  contents: Record<string, string>,
  revision = 'c0ffee',
): Promise<InstallRequest> {
  const stagingFolder = partialFolder(dataFolder, randomUUID());
  const files = [];
  for (const [path, text] of Object.entries(contents)) {
    await mkdir(dirname(join(stagingFolder, path)), { recursive: true });
    await writeFile(join(stagingFolder, path), text);
    files.push({ path, sizeBytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') });
  }
  return { name, stagingFolder, facts: someFacts, files, source: { type: 'hub', repository: name, revision: 'main' }, revision };
}
