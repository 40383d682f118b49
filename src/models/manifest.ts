import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { capabilities, modelLibraries } from '../formats/checkpoint-facts.ts';
import { writeDurably } from './durable-files.ts';
import type { Manifest } from './model.ts';
import { modelSettings } from './model-settings.ts';

/** The lock beside a model's files; no upstream file may have this name. */
export const manifestName = 'manifest.json';

const source = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hub'), repository: z.string(), revision: z.string() }),
  z.object({ type: z.literal('urls'), urls: z.record(z.string(), z.string()) }),
  z.object({ type: z.literal('folder') }),
  z.object({ type: z.literal('upload'), fileName: z.string().nullable() }),
  z.object({ type: z.literal('created'), from: z.string() }),
  z.object({ type: z.literal('none') }),
]);

// Loose: a later version may know more of a checkpoint than this one reads.
const facts = z.looseObject({
  library: z.enum(modelLibraries),
  architecture: z.string(),
  capabilities: z.array(z.enum(capabilities)),
  description: z.string(),
  parameterCount: z.number().nullable(),
  quantization: z.string().nullable(),
  dimensions: z.number().nullable(),
  maxTokens: z.number().nullable(),
  labels: z.array(z.string()),
  prompts: z.record(z.string(), z.string()),
  defaultPromptName: z.string().nullable(),
  memoryBytes: z.number(),
});

const manifest = z.object({
  version: z.literal(1),
  id: z.uuid(),
  name: z.string(),
  aliases: z.array(z.string()),
  source,
  revision: z.string().nullable(),
  description: z.string().nullable(),
  facts,
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number().int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
  custom: z.boolean(),
  card: z.looseObject({ score: z.record(z.string(), z.number()).optional() }).catchall(z.unknown()),
  settings: modelSettings.optional(),
  createdAt: z.iso.datetime(),
  installedAt: z.iso.datetime(),
});

/** The manifest of a model's folder; null where there is none or it cannot be one. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  try {
    return manifest.parse(JSON.parse(await readFile(join(folder, manifestName), 'utf8'))) as Manifest;
  } catch {
    return null;
  }
}

/** Writes a folder's manifest, whole or not at all; durable when it resolves. */
export async function writeManifest(folder: string, content: Manifest): Promise<void> {
  await writeDurably(join(folder, manifestName), `${JSON.stringify(content, null, 2)}\n`);
}
