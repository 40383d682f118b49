import { readdir, stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { InvalidModelFileError } from '../../errors.ts';
import type { CheckpointFacts } from '../checkpoint-facts.ts';
import { hasFile, isJsonObject, type JsonObject, readJsonObject, readOptionalJsonObject, readTextFile } from '../json-file.ts';
import { baseMemoryBytes } from '../network-size.ts';
import { type GraphFile, type GraphType, graphFiles, graphFolder, graphTypes, isEncoderDecoder, visionGraphs } from './vision-graphs.ts';

/** A folder with the graphs of a model that reads images and text, and writes text: all that an engine needs to open it. */
export interface VisionCheckpoint {
  readonly facts: CheckpointFacts;
  /** config.json. */
  readonly config: JsonObject;
  /** generation_config.json; empty where there is none. */
  readonly generationConfig: JsonObject;
  readonly modelType: string;
  /** Which type of each graph is to be opened, by the graph's name. */
  readonly types: Readonly<Record<string, GraphType>>;
  /** Chat template; null where it brings none. */
  readonly template: string | null;
  readonly isEncoderDecoder: boolean;
}

const maxTemplateBytes = 1024 ** 2;
/** Images on their way through the decoder and the model's preprocessing. */
const imageBytes = 256 * 1024 ** 2;

/**
 * Reads a folder in the layout of transformers.js; null where it is of another kind. Only names, sizes and JSON are read. Throws
 * `INVALID_MODEL_FILE` that names what is missing or malformed.
 *
 * @param budgetBytes what graphs may take together, where there is a choice of types; half the machine's memory by default.
 */
export async function readVisionCheckpoint(
  folder: string,
  { budgetBytes = totalmem() / 2 }: { budgetBytes?: number } = {},
): Promise<VisionCheckpoint | null> {
  if (!(await hasFile(folder, 'config.json'))) return null;
  const config = await readJsonObject(folder, 'config.json');
  const names = visionGraphs(config);
  if (!names) return null;
  const sizes = await graphSizes(folder);
  const paths = [...sizes.keys()];
  const candidates = names.map((name) => graphFiles(paths, name));
  // The same repository may hold the weights that it was exported from, and none of the graphs.
  if (candidates.every((files) => files.length === 0) && (await hasSafetensors(folder))) return null;
  const missing = names.find((_, index) => candidates[index]?.length === 0);
  if (missing !== undefined) {
    throw new InvalidModelFileError({
      file: `${graphFolder}/${missing}.onnx`,
      message: `It is missing, and so is every variant of it (${missing}_fp16.onnx, ${missing}_quantized.onnx, …): the model is made of ${names.join(', ')}.`,
    });
  }
  const sizeOf = ({ paths: files }: GraphFile) => files.reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0);
  const chosen = chooseFitting(candidates, { sizeOf, budgetBytes });
  for (const file of ['tokenizer.json', 'tokenizer_config.json', 'preprocessor_config.json']) await requireFile(folder, file);
  const template = await readTemplate(folder);
  const graphBytes = chosen.reduce((sum, file) => sum + sizeOf(file) * memoryPerByte(file.type), 0);
  return {
    facts: describe({ config, chosen, template, memoryBytes: Math.ceil(baseMemoryBytes + imageBytes + graphBytes) }),
    config,
    generationConfig: await readOptionalJsonObject(folder, 'generation_config.json'),
    modelType: String(config.model_type),
    types: Object.fromEntries(chosen.map(({ name, type }) => [name, type])),
    template,
    isEncoderDecoder: isEncoderDecoder(config),
  };
}

async function hasSafetensors(folder: string): Promise<boolean> {
  return (await hasFile(folder, 'model.safetensors')) || (await hasFile(folder, 'model.safetensors.index.json'));
}

async function graphSizes(folder: string): Promise<Map<string, number>> {
  const entries = await readdir(join(folder, graphFolder)).catch(() => []);
  const sized = await Promise.all(
    entries.map(async (entry) => [`${graphFolder}/${entry}`, await stat(join(folder, graphFolder, entry)).catch(() => null)] as const),
  );
  return new Map(sized.flatMap(([path, found]) => (found?.isFile() ? [[path, found.size] as const] : [])));
}

/** The most exact of the types that fit; where none does, the smallest. A graph that lacks a type takes the next that it has. */
function chooseFitting(
  candidates: readonly (readonly GraphFile[])[],
  { sizeOf, budgetBytes }: { sizeOf: (file: GraphFile) => number; budgetBytes: number },
): GraphFile[] {
  const sets = graphTypes.map((_, from) =>
    candidates.flatMap((files) => {
      const order = [...graphTypes.slice(from), ...graphTypes.slice(0, from).reverse()];
      return order.flatMap((type) => files.find((file) => file.type === type) ?? []).slice(0, 1);
    }),
  );
  const bytesOf = (files: readonly GraphFile[]) => files.reduce((sum, file) => sum + sizeOf(file) * memoryPerByte(file.type), 0);
  return sets.find((files) => bytesOf(files) <= budgetBytes) ?? sets.toSorted((one, other) => bytesOf(one) - bytesOf(other))[0] ?? [];
}

/** Weights are packed once more for the processor; half floats are widened for it. */
function memoryPerByte(type: GraphType): number {
  return type.endsWith('f16') || type === 'fp16' ? 3 : 1.5;
}

async function requireFile(folder: string, file: string): Promise<void> {
  if (!(await hasFile(folder, file))) throw new InvalidModelFileError({ file, message: 'It is missing.' });
}

/** Where each generation of upstream's library keeps it. */
async function readTemplate(folder: string): Promise<string | null> {
  if (await hasFile(folder, 'chat_template.jinja')) return readTextFile(folder, 'chat_template.jinja', { maxBytes: maxTemplateBytes });
  for (const file of ['chat_template.json', 'processor_config.json', 'tokenizer_config.json']) {
    const { chat_template: found } = await readOptionalJsonObject(folder, file);
    if (typeof found === 'string') return found;
    const named = Array.isArray(found) ? found.filter(isJsonObject).find(({ name }) => name === 'default') : undefined;
    if (typeof named?.template === 'string') return named.template;
  }
  return null;
}

interface DescribeOptions {
  config: JsonObject;
  chosen: readonly GraphFile[];
  template: string | null;
  memoryBytes: number;
}

function describe({ config, chosen, template, memoryBytes }: DescribeOptions): CheckpointFacts {
  const text = isJsonObject(config.text_config) ? config.text_config : config;
  const [architecture] = Array.isArray(config.architectures) ? config.architectures : [];
  const types = [...new Set(chosen.map(({ type }) => type))];
  const contextLength = count(text.max_position_embeddings) ?? count(config.max_position_embeddings) ?? usualContextLength;
  return {
    library: 'TRANSFORMERS',
    architecture: typeof architecture === 'string' ? architecture.slice(0, 200) : String(config.model_type),
    capabilities: template === null ? ['GENERATE_TEXT', 'GENERATE_FROM_IMAGE'] : ['GENERATE_TEXT', 'CHAT', 'GENERATE_FROM_IMAGE'],
    description: `Reads images and text, writes text, from ONNX graphs (${chosen.map(({ name, type }) => `${name} ${type}`).join(', ')}).`,
    parameterCount: null,
    quantization: types.map((type) => type.toUpperCase()).join(', '),
    dimensions: null,
    maxTokens: contextLength,
    labels: [],
    prompts: {},
    defaultPromptName: null,
    contextLength,
    hasChatTemplate: template !== null,
    keyValueBytesPerToken: keyValueBytesPerToken(text),
    memoryBytes,
  };
}

/** What configurations leave out is the library's default, mostly. */
const usualContextLength = 2048;

/** Keys and values of one token in all layers, F32, old and new side by side while a token is written; null where nothing is said. */
function keyValueBytesPerToken(text: JsonObject): number | null {
  const layers = count(text.num_hidden_layers) ?? count(text.decoder_layers);
  const heads = count(text.num_key_value_heads) ?? count(text.num_attention_heads) ?? count(text.decoder_attention_heads);
  const width = count(text.hidden_size) ?? count(text.d_model);
  const headWidth = count(text.head_dim) ?? (width === null ? null : Math.ceil(width / (count(text.num_attention_heads) ?? heads ?? 1)));
  return layers === null || heads === null || headWidth === null ? null : layers * heads * headWidth * 2 * 4 * 2;
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value < 2 ** 31 ? value : null;
}
