import { InvalidInputError } from '../errors.ts';
import type { CheckpointFacts } from '../formats/checkpoint-facts.ts';

/**
 * The text that goes in front of every item, as SentenceTransformer.encode chooses it: `prompt` wins over `promptName`, that
 * over the model's default. Throws INVALID_INPUT for a name that the model does not have.
 */
export function choosePrompt(
  facts: Pick<CheckpointFacts, 'prompts' | 'defaultPromptName'>,
  { prompt, promptName }: { prompt: string | null; promptName: string | null },
): string {
  if (prompt !== null) return prompt;
  const name = promptName ?? facts.defaultPromptName;
  if (name === null) return '';
  if (Object.hasOwn(facts.prompts, name)) return facts.prompts[name] ?? '';
  const known = Object.keys(facts.prompts);
  throw new InvalidInputError({
    field: 'input.promptName',
    message: `expected one of the model's prompts (${known.join(', ') || 'it has none'}), got ${JSON.stringify(name)}.`,
  });
}
