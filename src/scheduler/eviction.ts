import { quote } from '../errors.ts';

/** A model that takes memory, as the choice of what to evict sees it. */
export interface Resident {
  modelId: string;
  name: string;
  bytes: number;
  /** How long nobody has used it. */
  idleMs: number;
  /** Why it stays, in a word or two (`pinned`, `in use`, `being loaded`); null where it may go. */
  staysBecause: string | null;
}

/** One model that has to go. */
export interface Eviction {
  modelId: string;
  freesBytes: number;
  /** One sentence for people. */
  reason: string;
}

/** Whether a model fits, and what has to go for it. */
export interface RoomPlan {
  fits: boolean;
  evictions: Eviction[];
  /** Why it does not fit, in words for people; null when it does. */
  reason: string | null;
}

export interface RoomRequest {
  /** The model that wants in. */
  name: string;
  needBytes: number;
  freeBytes: number;
  budgetBytes: number;
  residents: readonly Resident[];
  /** Most models in memory; null for no such limit. */
  maxLoadedModels: number | null;
  mayEvict: boolean;
}

/** Chooses the least recently used idle models whose going makes room, and no more of them than that takes. */
export function planRoom(request: RoomRequest): RoomPlan {
  const { residents, mayEvict } = request;
  const candidates = residents.filter((resident) => resident.staysBecause === null).sort((first, second) => second.idleMs - first.idleMs);
  const chosen: Resident[] = [];
  for (const candidate of candidates) {
    if (hasRoom(request, chosen)) break;
    if (mayEvict) chosen.push(candidate);
  }
  if (!hasRoom(request, chosen)) return { fits: false, evictions: [], reason: refusal(request) };
  // A small model may have been chosen before a large one that is enough alone: the more recently used ones stay if they can.
  for (const candidate of chosen.toReversed()) {
    const others = chosen.filter((other) => other !== candidate);
    if (hasRoom(request, others)) chosen.splice(chosen.indexOf(candidate), 1);
  }
  return { fits: true, evictions: chosen.map((resident) => toEviction(resident, request)), reason: null };
}

function hasRoom({ needBytes, freeBytes, residents, maxLoadedModels }: RoomRequest, leaving: readonly Resident[]): boolean {
  const freed = leaving.reduce((sum, { bytes }) => sum + bytes, 0);
  const hasPlace = maxLoadedModels === null || residents.length - leaving.length < maxLoadedModels;
  return hasPlace && needBytes <= freeBytes + freed;
}

function toEviction({ modelId, name, bytes, idleMs }: Resident, request: RoomRequest): Eviction {
  const purpose = needsPlace(request) ? `its place is needed` : `its ${megabytes(bytes)} are needed`;
  return {
    modelId,
    freesBytes: bytes,
    reason: `${quote(name)} is unloaded: it was used least recently (${duration(idleMs)} ago), and ${purpose} for ${quote(request.name)}.`,
  };
}

function needsPlace({ residents, maxLoadedModels }: RoomRequest): boolean {
  return maxLoadedModels !== null && residents.length >= maxLoadedModels;
}

function refusal(request: RoomRequest): string {
  const { name, needBytes, freeBytes, budgetBytes, residents, maxLoadedModels } = request;
  const loaded = residents.map((resident) => `${quote(resident.name)} (${megabytes(resident.bytes)}, ${resident.staysBecause ?? 'idle'})`);
  const list = loaded.length > 0 ? ` Loaded: ${loaded.join(', ')}.` : '';
  if (needsPlace(request))
    return `${maxLoadedModels} models may be loaded at once, and as many are.${list} Unload one, or raise MODELKEEP_MAX_LOADED_MODELS.`;
  const free = megabytes(Math.max(freeBytes, 0));
  return `${quote(name)} needs ${megabytes(needBytes)} of memory; ${free} of ${megabytes(budgetBytes)} are free.${list} Unload a model, or raise MODELKEEP_MEMORY_BUDGET.`;
}

function megabytes(bytes: number): string {
  return `${bytes < 1e6 ? Math.ceil(bytes / 1e6) : Math.round(bytes / 1e6)} MB`;
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
