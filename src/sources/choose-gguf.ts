import { InvalidModelFileError, quote, UnsupportedModelError } from '../errors.ts';

/** A model in one GGUF file, or in the shards of one. */
interface GgufModel {
  paths: string[];
  /** As the file's name has it, e.g. `Q4_K_M`; null where it says nothing. */
  quantization: string | null;
  /** The name without folder, extension and shard. */
  name: string;
}

/** Weights take about this many bits each; what is near in bits is near in size and quality. */
const bitsPerWeight: Readonly<Record<string, number>> = {
  ...{ IQ1_S: 1.6, IQ1_M: 1.8, TQ1_0: 1.7, TQ2_0: 2.1, Q1_0: 1.5, Q2_0: 2.5 },
  ...{ IQ2_XXS: 2.1, IQ2_XS: 2.3, IQ2_S: 2.5, IQ2_M: 2.7, Q2_K_S: 2.8, Q2_K: 3, Q2_K_L: 3.1, Q2_K_XL: 3.2 },
  ...{ IQ3_XXS: 3.1, IQ3_XS: 3.3, IQ3_S: 3.5, IQ3_M: 3.7, Q3_K_S: 3.5, Q3_K_M: 3.9, Q3_K: 3.9, Q3_K_L: 4.3, Q3_K_XL: 4.4 },
  ...{ MXFP4: 4.3, MXFP4_MOE: 4.3, NVFP4: 4.5, IQ4_XS: 4.3, IQ4_NL: 4.5, Q4_0: 4.6, Q4_1: 5, Q4_K_S: 4.6, Q4_K_M: 4.85, Q4_K: 4.85 },
  ...{ Q4_K_L: 4.95, Q4_K_XL: 4.95, Q5_0: 5.5, Q5_1: 6, Q5_K_S: 5.5, Q5_K_M: 5.7, Q5_K: 5.7, Q5_K_L: 5.75, Q5_K_XL: 5.8 },
  ...{ Q6_K: 6.6, Q6_K_L: 6.7, Q6_K_XL: 6.8, Q8_0: 8.5, Q8_K_XL: 9, F16: 16, FP16: 16, BF16: 16, F32: 32, FP32: 32 },
};
/** Half the weights' bits a good model needs to lose nearly nothing: what most people take. */
const usualQuantization = 'Q4_K_M';
const label = /(?:^|[-._])((?:UD-)?(?:I?Q\d\w*|TQ\d_\d|MXFP4(?:_MOE)?|NVFP4|BF16|F16|FP16|F32|FP32))(?=$|[-._])/gi;
const shard = /^(.*)-(\d{5})-of-(\d{5})$/;
/** Beside a model: what turns images into its tokens, statistics for quantising, adapters, a vocabulary alone. */
const accessory = /(^|[-._])(mmproj|imatrix|lora|adapter|ggml-vocab)([-._]|$)/i;

/** The quantisations that a repository's GGUF files come in, smallest first; empty where there is no GGUF. */
export function ggufQuantizations(paths: readonly string[]): string[] {
  const names = ggufModels(paths).flatMap(({ quantization }) => (quantization === null ? [] : [quantization]));
  return [...new Set(names)].sort((one, other) => bitsOf(one) - bitsOf(other));
}

/** Whether there is a GGUF that is a model, and not only something that goes with one. */
export function hasGgufModel(paths: readonly string[]): boolean {
  return ggufModels(paths).length > 0;
}

/**
 * The file, or all shards, of one GGUF model: the one whose name has the wanted quantisation (or is the wanted name), by default
 * Q4_K_M or what is nearest to it. Throws UNSUPPORTED_MODEL with what there is, INVALID_MODEL_FILE where a shard is missing.
 */
export function chooseGguf(paths: readonly string[], wanted: string | null): string[] {
  const models = ggufModels(paths);
  const fitting = wanted === null ? models : models.filter((model) => isWanted(model, wanted));
  const [chosen] = fitting.sort(byPreference);
  if (!chosen) {
    const available = ggufQuantizations(paths);
    throw new UnsupportedModelError({
      reason: wanted === null ? 'There is no GGUF model.' : `There is no GGUF file of quantization ${quote(wanted)}.`,
      remedy: available.length > 0 ? `Choose one of ${available.join(', ')}.` : 'Check the name and the revision.',
    });
  }
  requireShards(chosen);
  return chosen.paths;
}

function ggufModels(paths: readonly string[]): GgufModel[] {
  const byName = new Map<string, string[]>();
  for (const path of paths) {
    const stem = /^(.*)\.gguf$/i.exec(path)?.[1];
    if (stem === undefined || accessory.test(baseName(stem))) continue;
    const [, whole = stem, , count = ''] = shard.exec(stem) ?? [];
    const key = count === '' ? whole : `${whole} of ${count}`;
    byName.set(key, [...(byName.get(key) ?? []), path]);
  }
  return [...byName.values()].map((files) => {
    const stem = (files[0] ?? '').replace(/\.gguf$/i, '').replace(shard, '$1');
    return { paths: files.sort(), name: baseName(stem), quantization: labelOf(baseName(stem)) ?? labelOf(folderName(stem)) };
  });
}

/** The last label of a name: the first might be part of the model's own name. */
function labelOf(name: string): string | null {
  return [...name.matchAll(label)].at(-1)?.[1]?.toUpperCase() ?? null;
}

function isWanted({ quantization, name }: GgufModel, wanted: string): boolean {
  const folded = wanted.toLowerCase().replace(/\.gguf$/, '');
  return quantization?.toLowerCase() === folded || name.toLowerCase() === folded;
}

function byPreference(one: GgufModel, other: GgufModel): number {
  const distance = (model: GgufModel) => Math.abs(bitsOf(model.quantization) - bitsOf(usualQuantization));
  // Of two that are alike: the plain one, then the larger, then the one that lies nearest and is named shortest.
  const rank = (model: GgufModel) => [
    distance(model),
    model.quantization === usualQuantization ? 0 : 1,
    model.quantization?.startsWith('UD-') ? 1 : 0,
    -bitsOf(model.quantization),
    (model.paths[0] ?? '').split('/').length,
    model.name.length,
  ];
  const [left, right] = [rank(one), rank(other)];
  const difference = left.map((value, index) => value - (right[index] ?? 0)).find((value) => value !== 0);
  return difference ?? one.name.localeCompare(other.name, 'en');
}

/** Unknown ones count as far off. */
function bitsOf(quantization: string | null): number {
  return bitsPerWeight[quantization?.replace(/^UD-/, '') ?? ''] ?? 100;
}

function requireShards({ paths }: GgufModel): void {
  const [first = ''] = paths;
  const found = shard.exec(first.replace(/\.gguf$/i, ''));
  if (!found) return;
  const [, stem, , count = '0'] = found;
  for (let number = 1; number <= Number(count); number += 1) {
    const path = `${stem}-${String(number).padStart(5, '0')}-of-${count}.gguf`;
    if (!paths.some((other) => other.toLowerCase() === path.toLowerCase()))
      throw new InvalidModelFileError({ file: path, message: `this shard is missing; ${paths.length} of ${Number(count)} are there.` });
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function folderName(path: string): string {
  return path.includes('/') ? baseName(path.slice(0, path.lastIndexOf('/'))) : '';
}
