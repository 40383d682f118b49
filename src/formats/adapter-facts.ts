import { readdir } from 'node:fs/promises';
import type { CheckpointFacts } from './checkpoint-facts.ts';
import { ggufFields } from './gguf/gguf-fields.ts';
import { isGgufFile } from './gguf/gguf-folder.ts';
import { readGgufHeader } from './gguf/gguf-header.ts';
import { adapterConfigFile, readAdapterConfig } from './gguf-conversion/adapter-config.ts';
import { isPeftFolder } from './gguf-conversion/convert-adapter.ts';
import { hasFile } from './json-file.ts';

/** Whether a GGUF is a LoRA adapter, by what it says of itself. Throws `INVALID_MODEL_FILE`. */
export async function isGgufAdapter(folder: string, file: string): Promise<boolean> {
  return (await ggufRole(folder, file)) === 'ADAPTER';
}

/**
 * What a GGUF is, by what it says of itself: a PROJECTOR turns images into a model's tokens, and is none. Throws `INVALID_MODEL_FILE`.
 */
export async function ggufRole(folder: string, file: string): Promise<'MODEL' | 'ADAPTER' | 'PROJECTOR'> {
  const fields = ggufFields(await readGgufHeader(folder, file));
  if (fields.text('general.type') === 'adapter') return 'ADAPTER';
  return fields.text('general.architecture') === 'clip' ? 'PROJECTOR' : 'MODEL';
}

/**
 * The facts of a folder that holds a LoRA adapter and nothing else, as PEFT saves it or as GGUF; null for any other folder. It can
 * do nothing alone: a model is made of it and a base. Throws `INVALID_MODEL_FILE`, `UNSUPPORTED_MODEL`.
 */
export async function readAdapterFacts(folder: string): Promise<CheckpointFacts | null> {
  const ggufs = (await readdir(folder, { recursive: true })).filter(isGgufFile);
  const [gguf] = ggufs;
  if (gguf !== undefined && ggufs.length === 1 && (await isGgufAdapter(folder, gguf))) {
    const fields = ggufFields(await readGgufHeader(folder, gguf));
    return adapterFacts({ base: fields.text('general.architecture') ?? 'unknown', quantization: null, library: 'LLAMA_CPP' });
  }
  const isAlone = ggufs.length === 0 && !(await hasFile(folder, 'config.json'));
  if (!isAlone || !(await isPeftFolder(folder))) return null;
  await readAdapterConfig(folder);
  return adapterFacts({ base: `a model that ${adapterConfigFile} names`, quantization: 'F32', library: 'TRANSFORMERS' });
}

function adapterFacts({
  base,
  quantization,
  library,
}: { base: string } & Pick<CheckpointFacts, 'quantization' | 'library'>): CheckpointFacts {
  return {
    library,
    architecture: 'LoRA',
    capabilities: [],
    description: `A LoRA adapter for ${base}. Make a model of it and its base with createModel.`,
    parameterCount: null,
    quantization,
    dimensions: null,
    maxTokens: null,
    labels: [],
    prompts: {},
    defaultPromptName: null,
    memoryBytes: 0,
  };
}
