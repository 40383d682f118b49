import { readdir } from 'node:fs/promises';
import { join } from 'node:path/posix';
import { readGgufCheckpoint } from '../gguf/gguf-checkpoint.ts';
import { isGgufFile } from '../gguf/gguf-folder.ts';
import type { GgufToWrite } from '../gguf/gguf-writer.ts';
import { isPlainLlama } from '../gguf/hyperparameters.ts';
import { hasFile, readJsonObject } from '../json-file.ts';
import { unsupportedAdapter } from './adapter-config.ts';
import { type CausalConfig, configFile, isConvertible, readCausalConfig } from './causal-config.ts';
import { convertAdapter, isPeftFolder } from './convert-adapter.ts';
import { type ConvertOptions, convertCheckpoint } from './convert-checkpoint.ts';
import type { BlockSizes } from './tensor-plan.ts';

/** What a folder's safetensors are to become. */
export interface ConversionPlan {
  /** Files to write, by their paths inside the folder. */
  readonly outputs: readonly { readonly path: string; readonly gguf: GgufToWrite }[];
  /** The safetensors that they hold the weights of, and their index: not needed afterwards. */
  readonly replaced: readonly string[];
}

/**
 * Plans what has to become a GGUF before llama.cpp can run a folder: a causal language model in the transformers layout, and
 * LoRA adapters of PEFT in the folder itself or in folders of it. Null where there is nothing. Throws as `convertCheckpoint`
 * and `convertAdapter` do.
 */
export async function planConversion(folder: string, options: ConvertOptions): Promise<ConversionPlan | null> {
  const names = await readdir(folder);
  const model = (await isCausalCheckpoint(folder, names)) ? await planModel(folder, names, options) : null;
  const adapters = await findAdapters(folder);
  const base = model?.config ?? (adapters.length > 0 ? await baseOfGguf(folder, names) : null);
  if (!model && (adapters.length === 0 || !base)) return null;
  const outputs = [...(model?.outputs ?? [])];
  const replaced = [...(model?.replaced ?? [])];
  for (const path of base ? adapters : []) {
    if (!base) continue;
    const name = path === '' ? 'adapter' : path;
    outputs.push({ path: `${name}-lora.gguf`, gguf: await convertAdapter(join(folder, path), { base, name, signal: options.signal }) });
    replaced.push(join(path, 'adapter_model.safetensors'));
  }
  return { outputs, replaced };
}

async function isCausalCheckpoint(folder: string, names: readonly string[]): Promise<boolean> {
  // A model that embeds says so in modules.json, and runs from its safetensors.
  if (names.some(isGgufFile) || names.includes('modules.json') || !(await hasFile(folder, configFile))) return false;
  return isConvertible(await readJsonObject(folder, configFile));
}

async function planModel(folder: string, names: readonly string[], options: ConvertOptions) {
  const config: CausalConfig = await readCausalConfig(folder);
  const gguf = await convertCheckpoint(folder, options);
  const replaced = names.filter((name) => /\.safetensors(\.index\.json)?$/.test(name) && !name.startsWith('adapter_model.'));
  return { config, outputs: [{ path: `model-${options.type ?? 'F16'}.gguf`, gguf }], replaced };
}

/** Folders of adapters; '' is the folder itself. */
async function findAdapters(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const candidates = ['', ...entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)].sort();
  const found: string[] = [];
  for (const path of candidates) if (await isPeftFolder(join(folder, path))) found.push(path);
  return found;
}

/** The sizes of a GGUF that adapters lie beside. */
async function baseOfGguf(folder: string, names: readonly string[]): Promise<BlockSizes | null> {
  if (!names.some(isGgufFile)) return null;
  const sizes = (await readGgufCheckpoint(folder))?.sizes;
  if (!sizes) return null;
  const { architecture, width, layers, keyLength } = sizes;
  const [heads = 0, kvHeads = 0, feedForward = 0] = [sizes.heads[0], sizes.kvHeads[0], sizes.feedForward[0]];
  const isKnown = architecture === 'llama' || architecture === 'qwen2' || architecture === 'qwen3';
  if (!isKnown || !isPlainLlama(sizes)) throw unsupportedAdapter(`its model's architecture is ${architecture}`);
  return { architecture, width, layers, heads, kvHeads, feedForward, headWidth: keyLength };
}
