import { UnsupportedModelError } from '../errors.ts';
import { isGgufAdapter } from '../formats/adapter-facts.ts';
import { joinSafely } from './safe-path.ts';
import type { FetchedFile } from './source.ts';

/** A file as Ollama stores it. */
export interface OllamaBlob {
  name: string;
  /** Absolute path. */
  file: string;
  sizeBytes: number;
  sha256: string;
}

/** A model as a real Ollama takes it. */
export interface OllamaModel {
  name: string;
  files: OllamaBlob[];
  /** One at most: Ollama puts no more on a model. */
  adapters: OllamaBlob[];
  fields: OllamaFields;
}

/** What Ollama's `create` takes besides files. */
export interface OllamaFields {
  system?: string;
  license?: string;
  messages?: { role: string; content: string }[];
  parameters?: Record<string, unknown>;
}

/** What a model does unless a request says otherwise; as models store it. */
interface Settings {
  template?: string | undefined;
  system?: string | undefined;
  license?: string | undefined;
  messages?: readonly { role: 'USER' | 'ASSISTANT'; content: string }[] | undefined;
  parameters?: Readonly<Record<string, unknown>> | undefined;
  contextSize?: number | undefined;
  adapterScales?: Readonly<Record<string, number>> | undefined;
}

const parameterNames: Record<string, string> = {
  maxTokens: 'num_predict',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  minP: 'min_p',
  seed: 'seed',
  stop: 'stop',
  repeatPenalty: 'repeat_penalty',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
};

/**
 * A folder's GGUF with its adapter and its settings in Ollama's words, with notes on what Ollama cannot be told. Throws UNSUPPORTED_MODEL for
 * what no Ollama serves.
 */
export async function toOllamaModel({
  name,
  folder,
  files,
  settings,
}: {
  name: string;
  folder: string;
  files: readonly FetchedFile[];
  settings: Settings;
}): Promise<{ model: OllamaModel; notes: string[] }> {
  const notes: string[] = [];
  const ggufs = files.filter(({ path }) => /\.gguf$/i.test(path));
  const adapters: FetchedFile[] = [];
  for (const file of ggufs) if (await isGgufAdapter(folder, file.path)) adapters.push(file);
  const models = ggufs.filter((file) => !adapters.includes(file));
  const worn = adapters.filter(({ path }) => settings.adapterScales?.[path] !== 0);
  if (models.length !== 1 || worn.length > 1) {
    throw new UnsupportedModelError({
      reason: `Ollama takes one GGUF with one LoRA adapter at most; this model has ${models.length} with ${worn.length}.`,
      remedy: 'Merge its parts, or run the server without OLLAMA_URL.',
    });
  }
  if (worn.some(({ path }) => (settings.adapterScales?.[path] ?? 1) !== 1)) notes.push('Ollama puts the adapter on at its full strength.');
  if (settings.template !== undefined) notes.push("The template is Jinja, which is not Ollama's: it was left out there.");
  const blobOf = ({ path, sizeBytes, sha256 }: FetchedFile): OllamaBlob => ({
    name: path.replace(/^.*\//, ''),
    file: joinSafely(folder, path),
    sizeBytes,
    sha256,
  });
  return { model: { name, files: models.map(blobOf), adapters: worn.map(blobOf), fields: toFields(settings) }, notes };
}

function toFields({ system, license, messages, parameters, contextSize }: Settings): OllamaFields {
  const named = Object.entries(parameters ?? {}).flatMap(([key, value]) => {
    const name = parameterNames[key];
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
  const all = { ...Object.fromEntries(named), ...(contextSize === undefined ? {} : { num_ctx: contextSize }) };
  return {
    ...(system === undefined ? {} : { system }),
    ...(license === undefined ? {} : { license }),
    ...(messages === undefined ? {} : { messages: messages.map(({ role, content }) => ({ role: role.toLowerCase(), content })) }),
    ...(Object.keys(all).length === 0 ? {} : { parameters: all }),
  };
}
