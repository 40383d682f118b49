import { InvalidInputError } from '../../errors.ts';
import { cacheTypes, type GenerationOptions } from '../../scheduler/scheduler.ts';
import { builder } from '../builder.ts';
import { enumOf } from './enums.ts';

const CacheTypeEnum = enumOf('CacheType', cacheTypes, {
  description: "How the keys and values of a model's context are stored.",
  about: {
    F32: 'As 32-bit floats.',
    F16: 'As 16-bit floats.',
    BF16: 'As bfloat16.',
    Q8_0: 'As 8-bit integers; needs flash attention, and turns it on.',
    Q5_1: 'As 5-bit integers with a minimum for each block; needs flash attention, and turns it on.',
    Q5_0: 'As 5-bit integers; needs flash attention, and turns it on.',
    Q4_1: 'As 4-bit integers with a minimum for each block; needs flash attention, and turns it on.',
    Q4_0: 'As 4-bit integers; needs flash attention, and turns it on.',
  },
});

const GpuModeEnum = enumOf('GpuMode', ['AUTO', 'OFF'], {
  description: 'Whether a graphics processor is used.',
  about: { AUTO: 'Where there is one that llama.cpp can use.', OFF: 'Never.' },
});

const FlashAttentionEnum = enumOf('FlashAttention', ['AUTO', 'ON', 'OFF'], {
  description: 'Whether attention is computed without its whole matrix in memory.',
  about: { AUTO: 'Where the model and the machine can do it.', ON: 'Always.', OFF: 'Never.' },
});

const AdapterInput = builder.inputType('AdapterInput', {
  description: "A LoRA adapter in the model's folder.",
  fields: (t) => ({
    file: t.string({ required: true, description: 'Name of its GGUF file.' }),
    scale: t.float({ defaultValue: 1, description: 'How much of it is put on, -100 to 100; 1 as it was trained, 0 for none. Default 1.' }),
  }),
});

/** How a model that writes is loaded: `LoadModelInput.generation`. */
export const GenerationLoadInput = builder.inputType('GenerationLoadInput', {
  description: 'How a model that generates text is held in memory. A model that is loaded keeps what it has until it is unloaded.',
  fields: (t) => ({
    contextSize: t.int({
      description:
        'Tokens that one prompt and its answer may have together, from 16; default 4096, or what the model was trained for where that is less. ' +
        'More than it was trained for only where it is said here.',
    }),
    slots: t.int({
      description:
        'Generations that run side by side, each with a context of its own, 1 to 64; default 4, and 1 for a model that reads images, which takes no more.',
    }),
    gpu: t.field({ type: GpuModeEnum, description: 'Whether a graphics processor is used; default `AUTO`.' }),
    gpuLayers: t.int({ description: 'Layers that it takes, from 0; default as many as fit.' }),
    cacheType: t.field({ type: CacheTypeEnum, description: 'How keys and values are stored; default `F16`.' }),
    flashAttention: t.field({ type: FlashAttentionEnum, description: 'Whether attention needs less memory; default `AUTO`.' }),
    adapters: t.field({
      type: [AdapterInput],
      description: 'LoRA adapters that are put on it, at most 16; default all in its folder, each as it was trained.',
    }),
  }),
});

/** A client's `null` is the default. Throws INVALID_INPUT for what is out of range. */
export function generationOptions(input: typeof GenerationLoadInput.$inferInput | null | undefined): GenerationOptions | undefined {
  if (!input) return undefined;
  const { contextSize, slots, gpu, gpuLayers, cacheType, flashAttention, adapters } = input;
  inRange('contextSize', contextSize, 16, 10_000_000);
  inRange('slots', slots, 1, 64);
  inRange('gpuLayers', gpuLayers, 0, 10_000);
  if (adapters && adapters.length > 16)
    throw new InvalidInputError({ field: 'input.generation.adapters', message: `expected at most 16, got ${adapters.length}.` });
  for (const [index, { scale }] of (adapters ?? []).entries()) inRange(`adapters[${index}].scale`, scale, -100, 100);
  return {
    contextSize: contextSize ?? undefined,
    slots: slots ?? undefined,
    gpu: gpu ?? undefined,
    gpuLayers: gpuLayers ?? undefined,
    cacheType: cacheType ?? undefined,
    flashAttention: flashAttention ?? undefined,
    adapters: adapters?.map(({ file, scale }) => ({ file, scale: scale ?? 1 })),
  };
}

function inRange(field: string, value: number | null | undefined, least: number, most: number): void {
  if (value == null || (value >= least && value <= most)) return;
  throw new InvalidInputError({ field: `input.generation.${field}`, message: `expected ${least} to ${most}, got ${value}.` });
}
