import type { CacheType, GenerationOptions } from '../engines/generation.ts';
import type { WireError } from '../errors.ts';
import type { Model, Precision } from '../models/model.ts';

/** What the scheduler needs to know of a model. */
export type SchedulableModel = Pick<Model, 'id' | 'name' | 'facts' | 'sizeBytes'> & {
  /** Absolute path of its installed files. */
  folder: string;
};

export interface LoadOptions {
  /** Never evicted, and not unloaded by its keep-alive. */
  pinned?: boolean | undefined;
  /** Idle seconds after which it is unloaded; 0 = after its next request, null = never. Default: the server's setting. */
  keepAliveSeconds?: number | null | undefined;
  /** Most processes that run it side by side. Default: the thread budget, at most 4; 1 for a model that writes. */
  instances?: number | undefined;
  /** Threads inside one operator of one process. Default: 1; for a model that writes, what is left of the server's threads, one core apart. */
  threads?: number | undefined;
  /** How its weights are kept in memory, for as long as it is loaded. Default: F32. */
  precision?: Precision | undefined;
  /** Resize images with the decoder's own filters: faster, and not the reference's pixels. Default: false. */
  fast?: boolean | undefined;
  /** How a model that writes is held in memory. */
  generation?: GenerationOptions | undefined;
  /** Whether idle models may be unloaded to make room. Default: true. */
  evict?: boolean | undefined;
}

/** What loading a model would do. */
export interface LoadPlan {
  fits: boolean;
  needBytes: number;
  freeBytes: number;
  alreadyLoaded: boolean;
  /** What would be unloaded for it. */
  evictions: { modelId: string; freesBytes: number; reason: string }[];
  /** Why it does not fit; null when it does. */
  reason: string | null;
}

/** LOADING → READY → UNLOADING → gone (null); or FAILED, when its processes kept dying. */
export type RuntimeState = 'LOADING' | 'READY' | 'UNLOADING' | 'FAILED';

/** How a model in memory is doing. */
export interface ModelRuntime {
  state: RuntimeState;
  /** Processes that are ready; 0 for a moment while a crashed one is started again. */
  instances: number;
  memoryBytes: number;
  /** Requests that are not answered yet. */
  queueDepth: number;
  keepAliveUntil: Date | null;
  pinned: boolean;
  precision: Precision;
  lastUsedAt: Date | null;
  loadedAt: Date | null;
  /** Why it is FAILED, or what one of its processes last died of while it goes on; null when none did since it was loaded. */
  error: WireError | null;
}

/** A model as the scheduler has it now. */
export interface ResidentModel {
  name: string;
  state: RuntimeState;
  /** Requests that are not answered yet. */
  queueDepth: number;
  /** Memory of each of its processes. */
  runnerBytes: number[];
}

/** Memory that a model without facts is likely to take besides its weights: the process and its libraries. */
const processBytes = 128 * 1024 ** 2;

/** The estimate for one instance, until it is measured. */
export function estimateMemory(
  { facts, sizeBytes }: Pick<SchedulableModel, 'facts' | 'sizeBytes'>,
  { precision, generation }: LoadOptions,
  budgetBytes = Number.POSITIVE_INFINITY,
): number {
  const weightsBytes = facts?.memoryBytes ?? sizeBytes + processBytes;
  if (writes(facts)) return weightsBytes + cacheBytes(facts, settleGeneration({ facts, sizeBytes }, generation, budgetBytes));
  if (precision === 'INT8' && typeof facts?.int8MemoryBytes === 'number') return facts.int8MemoryBytes;
  return weightsBytes;
}

/** Whether a model writes text. */
export function writes(facts: SchedulableModel['facts']): boolean {
  return facts?.capabilities.some((capability) => capability === 'GENERATE_TEXT' || capability === 'CHAT') ?? false;
}

const usualSlots = 4;
const usualContextSize = 4096;
const smallestContextSize = 512;

/**
 * What a model that writes is loaded with: what was asked for, else a context of 4096 tokens for each of 4 generations; never more than
 * the model was trained for, and half as often as it takes for weights and context to stay below the memory budget.
 */
export function settleGeneration(
  { facts, sizeBytes }: Pick<SchedulableModel, 'facts' | 'sizeBytes'>,
  asked: GenerationOptions = {},
  budgetBytes: number,
): GenerationOptions & { contextSize: number; slots: number } {
  // Its engine writes one answer at a time.
  const slots = asked.slots ?? (facts?.library === 'TRANSFORMERS' ? 1 : usualSlots);
  if (asked.contextSize !== undefined) return { ...asked, slots, contextSize: asked.contextSize };
  const weightsBytes = facts?.memoryBytes ?? sizeBytes + processBytes;
  let contextSize = Math.min(facts?.contextLength ?? usualContextSize, usualContextSize);
  while (contextSize / 2 >= smallestContextSize && weightsBytes + cacheBytes(facts, { ...asked, slots, contextSize }) > budgetBytes)
    contextSize = Math.floor(contextSize / 2);
  return { ...asked, slots, contextSize };
}

/** Bytes of a value, in those of F16. */
const sizeOfType: Record<CacheType, number> = {
  F32: 2,
  F16: 1,
  BF16: 1,
  Q8_0: 34 / 64,
  Q5_1: 24 / 64,
  Q5_0: 22 / 64,
  Q4_1: 20 / 64,
  Q4_0: 18 / 64,
};

function cacheBytes(
  facts: SchedulableModel['facts'],
  { contextSize, slots, cacheType = 'F16' }: ReturnType<typeof settleGeneration>,
): number {
  return Math.ceil((facts?.keyValueBytesPerToken ?? 0) * sizeOfType[cacheType] * contextSize * slots);
}
