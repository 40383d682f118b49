import type { ModelUse, RegisterModelInput, UpdateModelInput } from './operations.generated.ts';
import type { ChangedModel, ScoreIncrement, SeededModel } from './pieces-requests.ts';

/**
 * Name of the entry that a client makes: that of the repository, or what people call it, in the characters that a name may
 * have. What people call it is kept as the card's title.
 */
export function entryName({ unique, name }: { unique?: string | null | undefined; name: string }): string {
  return (unique || name)
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}._\-/:@+]+/gu, '-')
    .replaceAll(/\.{2,}/g, '.')
    .replaceAll(/\/{2,}/g, '/')
    .replaceAll(/^[/-]+|[/-]+$/g, '');
}

/** Variables of `PiecesCreate`. */
export function registerInput(seeded: SeededModel): RegisterModelInput {
  return { name: entryName(seeded), source: { repository: seeded.unique || seeded.name }, card: { ...cardOf(seeded), title: seeded.name } };
}

/** Variables of `PiecesUpdate`: what the client sent takes the place of what was there before. */
export function updateInput(changed: ChangedModel): UpdateModelInput {
  const { id, name, unique } = changed;
  return {
    id,
    ...(changed.description == null ? {} : { description: changed.description }),
    ...(unique ? { source: { repository: unique } } : {}),
    card: { ...cardOf(changed), ...(name == null ? {} : { title: name }) },
  };
}

/** What was done with a model, of a body that may speak of many materials. */
export function usesOf(increment: ScoreIncrement): ModelUse[] {
  const { reuse, update, reference, priority, searched } = increment?.model ?? increment ?? {};
  const told = { REUSE: reuse, UPDATE: update, REFERENCE: reference, PRIORITY: priority, SEARCHED: searched };
  return (Object.keys(told) as ModelUse[]).filter((use) => told[use as keyof typeof told]);
}

function cardOf(told: SeededModel | ChangedModel): NonNullable<RegisterModelInput['card']> {
  const { type, usage, provider, foundation, unique, description } = told;
  const { version, created, bytes, ram, quantization, parameters, maxTokens, cpu, cloud } = told;
  const details = {
    version,
    created: created?.value,
    bytes: bytes?.value,
    ram: ram?.value,
    quantization,
    parameters,
    maxTokens: maxTokens?.total,
    cpu,
    cloud,
  };
  return { type, usage, provider, foundation, unique, description, details: JSON.stringify(details) };
}
