import { z } from 'zod';
import type { PiecesModelFragment } from './operations.generated.ts';
import { isDownloading } from './pieces-download.ts';
import { listed, modelFoundations, modelProviders, modelTypes, modelUsages } from './pieces-enums.ts';

/** What is kept of a client's own description of a model in `ModelCard.details`, or of the shipped list's. */
const details = z.looseObject({
  version: z.string().nullish().catch(null),
  created: z.string().nullish().catch(null),
  bytes: z.number().nullish().catch(null),
  ram: z.number().nullish().catch(null),
  quantization: z.string().nullish().catch(null),
  parameters: z.number().nullish().catch(null),
  parameterCount: z.number().nullish().catch(null),
  maxTokens: z.number().nullish().catch(null),
  cpu: z.boolean().nullish().catch(null),
  cloud: z.boolean().nullish().catch(null),
});

const schema = { migration: 0, semantic: 'MAJOR_0_MINOR_0_PATCH_1' };

/** A model as Pieces' clients read it. `isStarting` where a download was begun by this very request. */
export function piecesModel(model: PiecesModelFragment, { isStarting = false } = {}) {
  const { card, runtime, capabilities, installed } = model;
  const told = readDetails(card.details);
  const parameterCount = model.parameterCount ?? told.parameterCount ?? (told.parameters == null ? null : told.parameters * 1e9);
  const sizeBytes = model.sizeBytes > 0 ? model.sizeBytes : (told.bytes ?? null);
  const ramBytes = runtime?.memoryBytes ?? told.ram ?? null;
  const contextLength = model.contextLength ?? told.maxTokens ?? null;
  const takesImages = capabilities.some((capability) => /IMAGE/.test(capability)) || /^IMAGE_/.test(card.type ?? '');
  return {
    schema,
    id: model.uuid,
    version: told.version ?? '1.0.0',
    created: { schema, value: told.created ?? new Date(model.createdAt).toISOString() },
    name: card.title ?? model.name,
    description: card.description ?? model.description ?? undefined,
    cloud: told.cloud ?? false,
    type: listed(modelTypes, card.type, typeOfSize(sizeBytes)),
    usage: listed(modelUsages, card.usage, usageOf(model)),
    ...(sizeBytes === null ? {} : { bytes: byteDescriptor(sizeBytes) }),
    ...(ramBytes === null ? {} : { ram: byteDescriptor(ramBytes) }),
    quantization: model.quantization ?? told.quantization ?? undefined,
    foundation: listed(modelFoundations, card.foundation, foundationOf(model)),
    provider: listed(modelProviders, card.provider),
    downloaded: installed,
    loaded: runtime?.state === 'READY',
    downloading: isStarting || isDownloading(model),
    unique: card.unique ?? model.name,
    parameters: parameterCount === null ? null : Number((parameterCount / 1e9).toPrecision(3)),
    cpu: told.cpu ?? true,
    maxTokens: { schema, total: contextLength },
    custom: model.custom,
    capabilities: { schema, images: takesImages },
    score: scoreOf(card.score),
  };
}

/** Clients that were told nothing show only models for conversations as such. */
function usageOf({ capabilities, card }: PiecesModelFragment): string {
  if (capabilities.includes('GENERATE_TEXT') || card.type === 'TEXT_GENERATION') return 'CODE_CONVERSATION';
  return capabilities.includes('EMBED_TEXT') || card.type === 'TEXT_EMBEDDING' ? 'TEXT_EMBEDDING' : 'UNKNOWN';
}

const smallBytes = 500e6;
const largeBytes = 3e9;

function typeOfSize(sizeBytes: number | null): string {
  if (sizeBytes === null) return 'UNKNOWN';
  if (sizeBytes < smallBytes) return 'SPEED';
  return sizeBytes < largeBytes ? 'BALANCED' : 'ACCURACY';
}

/** The family, by the architecture's name. */
function foundationOf({ architecture }: PiecesModelFragment): string {
  const [family] = /^(llama|qwen|mistral|mixtral|gemma|phi|granite|starcoder|deepseek)/i.exec(architecture ?? '') ?? [];
  return family ? listed(modelFoundations, `${family.toUpperCase()}_LATEST`) : 'UNKNOWN';
}

function scoreOf({ reuse, update, reference, priority, searched }: PiecesModelFragment['card']['score']) {
  return { schema, manual: 0, automatic: reuse + update + reference + priority + searched, priority, reuse, update, reference, searched };
}

function byteDescriptor(value: number) {
  return { schema, value, readable: readableSize(value) };
}

/** `770.3 MB`: in steps of 1024, as Pieces counts. */
function readableSize(value: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const step = Math.min(Math.max(Math.floor(Math.log2(Math.max(value, 1)) / 10), 0), units.length - 1);
  const scaled = value / 1024 ** step;
  return `${step === 0 ? scaled : Number(scaled.toFixed(1))} ${units[step]}`;
}

function readDetails(text: string | null): z.infer<typeof details> {
  try {
    return details.parse(JSON.parse(text ?? '{}'));
  } catch {
    return {};
  }
}
