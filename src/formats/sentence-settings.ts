import { join } from 'node:path/posix';
import { InvalidModelFileError, quote, UnsupportedModelError } from '../errors.ts';
import { jsonFields } from './json-fields.ts';
import { hasFile, readJsonObject, readOptionalJsonObject } from './json-file.ts';

/** What a Transformer module gives for each token: its embedding, or a logit for each word. */
export type TransformerTask = 'feature-extraction' | 'fill-mask';

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

/**
 * Reads `sentence_bert_config.json`, or the older name that the folder has, beside the Transformer's config.
 *
 * @param task what the Transformer must be for: token embeddings, or the logits of masked words. Throws `UNSUPPORTED_MODEL` for another.
 * @param defaultTask what it is for where the settings do not say
 */
export async function readTransformerSettings(
  folder: string,
  path: string,
  {
    task: wanted = 'feature-extraction',
    defaultTask = 'feature-extraction',
  }: { task?: TransformerTask; defaultTask?: TransformerTask } = {},
): Promise<TransformerSettings> {
  if (wanted !== defaultTask && !(await hasSettings(folder, path))) throw wrongTask(defaultTask);
  for (const name of settingsNames) {
    const file = join(path, name);
    if (!(await hasFile(folder, file))) continue;
    const fields = jsonFields(await readJsonObject(folder, file), file);
    const task = fields.string('transformer_task', { default: defaultTask });
    if (task !== wanted) throw wrongTask(task);
    return {
      maxTokens: fields.has('max_seq_length') ? fields.integer('max_seq_length', { min: 1 }) : null,
      lowerCase: fields.boolean('do_lower_case', { default: false }),
    };
  }
  return { maxTokens: null, lowerCase: false };
}

async function hasSettings(folder: string, path: string): Promise<boolean> {
  for (const name of settingsNames) if (await hasFile(folder, join(path, name))) return true;
  return false;
}

function wrongTask(task: string): UnsupportedModelError {
  return new UnsupportedModelError({
    reason: `A Transformer module for ${quote(task)}, with the module that follows it, is not built here.`,
    remedy: 'Use a text embedding model: feature-extraction with Pooling, or fill-mask with SpladePooling.',
  });
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
