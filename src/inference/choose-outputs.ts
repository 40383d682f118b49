import { UnsupportedCapabilityError } from '../errors.ts';
import type { EmbeddingOutput } from '../formats/checkpoint-facts.ts';
import type { Model } from '../models/model.ts';

/** What each output is called in a message. */
const names: Readonly<Record<EmbeddingOutput, string>> = {
  DENSE: 'a dense vector',
  SPARSE: 'a sparse vector',
  TOKENS: 'token vectors',
};

/** The field of `Embedding` that has each. */
const fields: Readonly<Record<EmbeddingOutput, string>> = { DENSE: 'vector', SPARSE: 'sparse', TOKENS: 'tokenVectors' };

/**
 * What a pass is to give, of what is asked for; where nothing is, the first that the model gives, for the tokens it counts.
 * Throws UNSUPPORTED_CAPABILITY for a dense vector of a model without one, which is never null, and where the model has nothing of
 * what is asked for.
 */
export function chooseOutputs(
  { name, facts }: Pick<Model, 'name'> & { facts: NonNullable<Model['facts']> },
  asked: readonly EmbeddingOutput[],
): EmbeddingOutput[] {
  const has: readonly EmbeddingOutput[] = facts.outputs ?? ['DENSE'];
  const given = has.filter((output) => asked.includes(output));
  const lacksDense = asked.includes('DENSE') && !has.includes('DENSE');
  if (given.length > 0 && !lacksDense) return given;
  if (asked.length === 0) return has.slice(0, 1);
  throw new UnsupportedCapabilityError({
    model: name,
    wanted: `give ${lacksDense ? names.DENSE : asked.map((output) => names[output]).join(' or ')}`,
    has,
    hint: `Select ${has.map((output) => `\`${fields[output]}\``).join(', ')} instead.`,
  });
}
