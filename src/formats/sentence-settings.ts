import { join } from 'node:path/posix';
import { InvalidModelFileError, quote, UnsupportedModelError } from '../errors.ts';
import { jsonFields } from './json-fields.ts';
import { hasFile, readJsonObject, readOptionalJsonObject } from './json-file.ts';

/** What a Transformer module's own settings say. */
export interface TransformerSettings {
  /** The most tokens of one text; null where the settings do not say. */
  readonly maxTokens: number | null;
  /** Whether texts are lower-cased before the tokenizer sees them. */
  readonly lowerCase: boolean;
}

/** Prompts that a checkpoint brings along. */
export interface PromptSettings {
  readonly prompts: Record<string, string>;
  readonly defaultPromptName: string | null;
}

/** Names over the years, in the order in which sentence-transformers looks for them. */
const settingsNames = ['bert', 'roberta', 'distilbert', 'camembert', 'albert', 'xlm-roberta', 'xlnet'].map(
  (name) => `sentence_${name}_config.json`,
);

/** Reads `sentence_bert_config.json`, or the older name that the folder has, beside the Transformer's config. */
export async function readTransformerSettings(folder: string, path: string): Promise<TransformerSettings> {
  for (const name of settingsNames) {
    const file = join(path, name);
    if (!(await hasFile(folder, file))) continue;
    const fields = jsonFields(await readJsonObject(folder, file), file);
    const task = fields.string('transformer_task', { default: 'feature-extraction' });
    if (task !== 'feature-extraction') {
      throw new UnsupportedModelError({
        reason: `A Transformer module for ${quote(task)} is not built here.`,
        remedy: 'Use a text embedding model.',
      });
    }
    return {
      maxTokens: fields.has('max_seq_length') ? fields.integer('max_seq_length', { min: 1 }) : null,
      lowerCase: fields.boolean('do_lower_case', { default: false }),
    };
  }
  return { maxTokens: null, lowerCase: false };
}

/** Reads the prompts in `config_sentence_transformers.json`. */
export async function readPrompts(folder: string): Promise<PromptSettings> {
  const file = 'config_sentence_transformers.json';
  const fields = jsonFields(await readOptionalJsonObject(folder, file), file);
  const prompts = fields.strings('prompts');
  const defaultPromptName = fields.has('default_prompt_name') ? fields.string('default_prompt_name') : null;
  if (defaultPromptName !== null && !Object.hasOwn(prompts, defaultPromptName)) {
    throw new InvalidModelFileError({ file, message: `default_prompt_name ${quote(defaultPromptName)} is not among the prompts.` });
  }
  return { prompts, defaultPromptName };
}
