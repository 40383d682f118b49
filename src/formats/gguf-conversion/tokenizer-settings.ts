import { hasFile, isJsonObject, type JsonObject, readOptionalJsonObject, readTextFile } from '../json-file.ts';
import { idsOf } from './causal-config.ts';
import type { AddedTokens } from './piece-vocabulary.ts';

/** What the small files beside a vocabulary say. */
export interface TokenizerSettings {
  readonly config: JsonObject;
  /** The content of a token such as `bos_token`; null where none is named. */
  token(name: string): string | null;
  /** Of `added_tokens_decoder` and added_tokens.json. */
  readonly addedTokens: AddedTokens;
  /** Templates of conversations, by name; `default` is the usual one. */
  readonly templates: ReadonlyMap<string, string>;
  /** Ids that end an answer, as generation_config.json has them. */
  readonly endIds: readonly number[];
}

const configFile = 'tokenizer_config.json';
/** The longest published ones have some 50 kB. */
const maxTemplateBytes = 1024 * 1024;

/** Reads tokenizer_config.json, special_tokens_map.json, added_tokens.json, generation_config.json and the templates; each may be missing. */
export async function readTokenizerSettings(folder: string): Promise<TokenizerSettings> {
  const config = await readOptionalJsonObject(folder, configFile);
  const special = await readOptionalJsonObject(folder, 'special_tokens_map.json');
  const generation = await readOptionalJsonObject(folder, 'generation_config.json');
  const added = await readOptionalJsonObject(folder, 'added_tokens.json');
  return {
    config,
    token: (name) => contentOf(config[name]) ?? contentOf(special[name]),
    addedTokens: [...fromAddedTokens(added), ...fromDecoder(config.added_tokens_decoder)],
    templates: await readTemplates(folder, config),
    endIds: idsOf(generation.eos_token_id),
  };
}

/** Whether texts begin with the first token: by the template of tokenizer.json, else by the settings, else as SentencePiece tokenizers do. */
export function addsBeginToken(
  { config, token }: TokenizerSettings,
  { postProcessors, isSentencePiece }: { postProcessors: readonly JsonObject[]; isSentencePiece: boolean },
): boolean {
  const begin = token('bos_token');
  // This class makes its template anew from the setting.
  const isLlamaClass = /^(Code)?Llama/.test(String(config.tokenizer_class ?? ''));
  if (isLlamaClass && typeof config.add_bos_token === 'boolean') return config.add_bos_token;
  const template = postProcessors.find(({ type }) => type === 'TemplateProcessing');
  const first: unknown = Array.isArray(template?.single) ? template.single[0] : undefined;
  const named = isJsonObject(first) && isJsonObject(first.SpecialToken) ? first.SpecialToken.id : undefined;
  if (template) return typeof named === 'string' && (begin === null || named === begin);
  if (typeof config.add_bos_token === 'boolean' && isSentencePiece) return config.add_bos_token;
  return isSentencePiece;
}

/** Whether texts get a space in front, where the settings say so. */
export function addsSpacePrefix({ config }: TokenizerSettings): boolean | null {
  return typeof config.add_prefix_space === 'boolean' ? config.add_prefix_space : null;
}

/** A token is given as its content, or as an object with it. */
function contentOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return isJsonObject(value) && typeof value.content === 'string' ? value.content : null;
}

function fromAddedTokens(object: JsonObject): AddedTokens {
  return Object.entries(object).flatMap(([content, id]) =>
    typeof id === 'number' ? idsOf(id).map((one) => ({ id: one, content, special: false })) : [],
  );
}

function fromDecoder(value: unknown): AddedTokens {
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, token]) => {
    const content = contentOf(token);
    return content === null
      ? []
      : idsOf(Number(key)).map((id) => ({ id, content, special: isJsonObject(token) && token.special === true }));
  });
}

async function readTemplates(folder: string, config: JsonObject): Promise<Map<string, string>> {
  const file = 'chat_template.jinja';
  if (await hasFile(folder, file)) return new Map([['default', await readTextFile(folder, file, { maxBytes: maxTemplateBytes })]]);
  const json = await readOptionalJsonObject(folder, 'chat_template.json');
  return templatesOf(json.chat_template ?? config.chat_template);
}

function templatesOf(value: unknown): Map<string, string> {
  if (typeof value === 'string') return new Map([['default', value]]);
  const list: unknown[] = Array.isArray(value) ? value : [];
  return new Map(
    list.flatMap((entry): [string, string][] =>
      isJsonObject(entry) && typeof entry.name === 'string' && /^[\w-]{1,64}$/.test(entry.name) && typeof entry.template === 'string'
        ? [[entry.name, entry.template]]
        : [],
    ),
  );
}
