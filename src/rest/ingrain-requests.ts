import { z } from 'zod';

/**
 * What Ingrain's endpoints take, as leniently as FastAPI does: unknown keys are ignored, numbers and booleans may be strings,
 * and every key may be written in snake_case (all generations) or camelCase (the newer ones).
 */

const integer = z.preprocess((value) => (typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value), z.int());
const booleanWords: Record<string, boolean> = {
  true: true,
  t: true,
  yes: true,
  y: true,
  on: true,
  1: true,
  false: false,
  f: false,
  no: false,
  n: false,
  off: false,
  0: false,
};
const boolean = z.preprocess((value) => {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : typeof value === 'number' ? String(value) : '';
  return Object.hasOwn(booleanWords, word) ? booleanWords[word] : value;
}, z.boolean());
const oneOrMany = z.union([z.string(), z.array(z.string())]);
const library = z.enum(['open_clip', 'sentence_transformers', 'timm']);

const name = z.string().describe('The model, as upstream names it.');
const pretrained = z.string().nullish().describe('The checkpoint of an OpenCLIP or timm model; not used for sentence transformers.');
const text = oneOrMany.describe('The text, or a list of texts.');
const image = oneOrMany.describe('The image as a URL, a data URL or base64, or a list of those.');
const vectorOptions = {
  normalize: boolean.nullable().default(true).describe('Whether vectors get unit length; null means no.'),
  n_dims: integer.pipe(z.number().gt(0)).nullish().describe('How many of the first values to keep; more than there are keeps all.'),
};
const imageOptions = { image_download_headers: z.record(z.string(), z.string()).nullish().describe('Headers for downloading the images.') };

export const textRequest = body({ name, pretrained, text, ...vectorOptions });
export const imageRequest = body({ name, pretrained, image, ...vectorOptions, ...imageOptions });
export const inferRequest = body({ name, pretrained, text: text.nullish(), image: image.nullish(), ...vectorOptions, ...imageOptions });
export const classifyRequest = body({ name, pretrained, image, ...imageOptions });

export const loadRequest = body({ name, library, pretrained: z.union([z.string(), boolean]).nullish() });
export const modelRequest = body({
  name,
  pretrained: z.union([z.string(), z.boolean()]).nullish().describe('Only generation A sends it.'),
});
export const clipRequest = body({ name, pretrained });
export const sentenceTransformerRequest = body({ name });
export const timmRequest = body({ name, pretrained: z.union([z.string(), boolean]).nullish() });

const fileUrl = z.string().nullish();
export const customModelRequest = body(
  {
    library,
    name,
    safetensors_url: z.string(),
    config_json_url: fileUrl,
    tokenizer_json_url: fileUrl,
    tokenizer_config_json_url: fileUrl,
    vocab_txt_url: fileUrl,
    special_tokens_map_json_url: fileUrl,
    pooling_config_json_url: fileUrl,
    sentence_bert_config_json_url: fileUrl,
    modules_json_url: fileUrl,
    mode: z.string().nullish(),
    mean: z.array(z.number()).nullish(),
    std: z.array(z.number()).nullish(),
    interpolation: z.string().nullish(),
    resize_mode: z.string().nullish(),
    num_classes: integer.nullish(),
  },
  { pretrained_name: 'name' },
);

export const modelQuery = z.object({ name });
export const loadedModelsQuery = z.object({
  generation: z
    .enum(['a', 'b', 'c', 'd'])
    .default('d')
    .describe("Which generation's shape: d gives objects, the older ones internal names."),
});

/** A JSON body whose keys may be in either spelling, or have an older name. */
function body<Shape extends z.ZodRawShape>(shape: Shape, olderNames: Record<string, string> = {}) {
  return z.preprocess((value) => inSnakeCase(value, olderNames), z.object(shape));
}

/** An object with its keys in snake_case, in which the documents write them; where both spellings are there, that one counts. */
export function inSnakeCase(value: unknown, olderNames: Record<string, string> = {}): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const renamed = Object.entries(value).map(([key, member]) => {
    const snakeCase = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return [olderNames[snakeCase] ?? snakeCase, member] as const;
  });
  return { ...Object.fromEntries(renamed), ...value };
}
