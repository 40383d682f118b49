import { join } from 'node:path/posix';
import { quote, UnsupportedModelError } from '../errors.ts';
import type { TextEncoder } from './architectures/architecture.ts';
import { architectureName, findTextArchitecture } from './architectures/registry.ts';
import type { CheckpointFacts, Precision } from './checkpoint-facts.ts';
import { type EncoderNetwork, type OnnxFileNetwork, readEncoderNetwork, readOnnxFileNetwork } from './encoder-network.ts';
import type { OutputHeads } from './heads/output-head.ts';
import { isSplade, outputFacts, readOutputHeads, tasksOf } from './heads/read-heads.ts';
import { jsonFields } from './json-fields.ts';
import { hasFile, type JsonObject, readJsonObject } from './json-file.ts';
import { meanPooling } from './modules/pooling.ts';
import { hasSafetensors } from './safetensors.ts';
import { readHead, type SentenceHead, type SentenceParts } from './sentence-head.ts';
import { type ModuleEntry, readModules } from './sentence-modules.ts';
import { type PromptSettings, readPrompts, readTransformerSettings, type TransformerSettings } from './sentence-settings.ts';
import { readSimilarity } from './similarity-setting.ts';
import { readTokenizerFiles, type TokenizerFiles } from './tokenizer-files.ts';

/** A sentence-transformers checkpoint, read and checked: all that an engine needs to run it. */
export interface Checkpoint {
  readonly facts: CheckpointFacts;
  readonly tokenizer: TokenizerFiles;
  /** Whether texts are lower-cased before the tokenizer sees them. */
  readonly lowerCase: boolean;
  /** The most tokens of one text, special tokens included. */
  readonly maxTokens: number;
  /** Whether a prompt's tokens take part in pooling. */
  readonly includePrompt: boolean;
  readonly network: EncoderNetwork | OnnxFileNetwork;
  /** What it makes of its token embeddings besides a dense vector. */
  readonly heads: OutputHeads;
}

/** Where files of the ONNX export lie, in order of preference. */
const onnxFiles = ['onnx/model.onnx', 'model.onnx'];
/** What is taken when neither the settings, nor the positions, nor the tokenizer name a limit. */
const fallbackMaxTokens = 512;

/**
 * Reads the folder of a sentence-transformers model, or of a bare encoder, which then gets mean pooling as upstream does it.
 * Throws `INVALID_MODEL_FILE` for what is malformed or missing, `UNSUPPORTED_MODEL` for what is whole but not built here.
 */
export async function readCheckpoint(folder: string, { precision = 'F32' }: { precision?: Precision } = {}): Promise<Checkpoint> {
  const modules = await readModules(folder);
  const transformerPath = modules?.[0]?.path ?? '';
  const configFile = join(transformerPath, 'config.json');
  const config = await readJsonObject(folder, configFile);
  const name = architectureName(config) ?? 'unnamed';
  if (!modules && findTextArchitecture(config)?.isDecoder) {
    throw new UnsupportedModelError({
      reason: `${quote(name)} writes texts; without modules.json it embeds none.`,
      remedy: 'Use a repository that sentence-transformers made.',
    });
  }
  const encoder = readEncoder(config, configFile);
  const onnxFile = await findOnnxFile(folder, transformerPath);
  const runsFromOnnx = !(encoder.value && (await hasSafetensors(folder, transformerPath))) && onnxFile !== null;
  if (!runsFromOnnx && encoder.error) throw encoder.error;
  if (!runsFromOnnx) await refusePickle(folder, transformerPath);

  // Without modules.json upstream reads neither the settings nor the prompts.
  const settings: TransformerSettings = modules
    ? await readTransformerSettings(folder, transformerPath, tasksOf(modules))
    : { maxTokens: null, lowerCase: false };
  const prompts: PromptSettings = modules ? await readPrompts(folder) : { prompts: {}, defaultPromptName: null };
  const tokenizer = await readTokenizerFiles(folder, transformerPath);
  const hiddenSize = encoder.value?.hiddenSize ?? readHiddenSize(config, configFile);
  const head = await readDenseHead(folder, modules, hiddenSize);
  const runnable = runsFromOnnx ? null : encoder.value;
  const heads = await readOutputHeads(folder, { modules, transformerPath, config, encoder: runnable, size: hiddenSize });
  const parts = { transformerPath, head };
  const network =
    runsFromOnnx && onnxFile
      ? await readOnnxFileNetwork(folder, { onnxFile, hiddenSize, parts })
      : await readEncoderNetwork(folder, { encoder: encoder.value as TextEncoder, parts, precision });

  const positions = encoder.value?.maxPositions ?? readPositions(config, configFile);
  const maxTokens = Math.min(settings.maxTokens ?? tokenizer.maxTokens ?? positions ?? fallbackMaxTokens, positions ?? 2 ** 31 - 1);
  return {
    tokenizer,
    lowerCase: settings.lowerCase,
    maxTokens,
    includePrompt: head?.pooling.includePrompt ?? true,
    network,
    heads,
    facts: {
      library: 'SENTENCE_TRANSFORMERS',
      architecture: name,
      capabilities: ['EMBED_TEXT'],
      description: describe({
        name,
        encoder: encoder.value,
        parts,
        hasModules: modules !== null,
        onnxFile: runsFromOnnx ? onnxFile : null,
        heads,
      }),
      parameterCount: network.parameterCount,
      quantization: network.quantization,
      dimensions: head && (head.modules.at(-1)?.dimensions ?? hiddenSize * head.pooling.modes.length),
      ...outputFacts(heads, { hasDense: head !== null, size: hiddenSize, maxTokens }),
      maxTokens,
      labels: [],
      ...prompts,
      similarity: modules ? await readSimilarity(folder) : 'COSINE',
      memoryBytes: network.memoryBytes + memoryOf(heads),
      int8MemoryBytes: network.int8MemoryBytes && network.int8MemoryBytes + memoryOf(heads),
    },
  };
}

/** What makes the dense vector; null for a model that gives none. */
async function readDenseHead(folder: string, modules: ModuleEntry[] | null, hiddenSize: number): Promise<SentenceHead | null> {
  if (!modules) return { pooling: meanPooling, modules: [] };
  return isSplade(modules) ? null : await readHead(folder, modules.slice(1), hiddenSize);
}

function memoryOf({ sparse, tokens }: OutputHeads): number {
  return (sparse?.memoryBytes ?? 0) + (tokens?.memoryBytes ?? 0);
}

/** The encoder of a built architecture, or why there is none: a repository may still bring an ONNX file. */
export function readEncoder(config: JsonObject, file: string): { value: TextEncoder | null; error: UnsupportedModelError | null } {
  const architecture = findTextArchitecture(config);
  if (!architecture) {
    const name = architectureName(config);
    const error = new UnsupportedModelError({
      reason: name === null ? `${file} names no architecture.` : `The architecture ${quote(name)} is not built here.`,
      remedy: 'Put an onnx/model.onnx beside the weights (optimum-cli export onnx --model <repository> <folder>).',
    });
    return { value: null, error };
  }
  try {
    return { value: architecture.read(config, file), error: null };
  } catch (error) {
    if (error instanceof UnsupportedModelError) return { value: null, error };
    throw error;
  }
}

export async function findOnnxFile(folder: string, transformerPath: string): Promise<string | null> {
  for (const path of new Set([transformerPath, ''])) {
    for (const name of onnxFiles) if (await hasFile(folder, join(path, name))) return join(path, name);
  }
  return null;
}

export async function refusePickle(folder: string, path: string): Promise<void> {
  if (await hasSafetensors(folder, path)) return;
  if (!(await hasFile(folder, join(path, 'pytorch_model.bin')))) return;
  throw new UnsupportedModelError({
    reason: 'The weights are there only as a pickle (pytorch_model.bin), which is a program and is never read.',
    remedy: 'Use a revision with model.safetensors, or save the model again with a present version of its library.',
  });
}

function readHiddenSize(config: JsonObject, file: string): number {
  const fields = jsonFields(config, file);
  const name = ['hidden_size', 'dim', 'd_model', 'n_embd'].find((candidate) => fields.has(candidate)) ?? 'hidden_size';
  return fields.integer(name, { min: 1 });
}

/** Families whose first position is `pad_token_id + 1`, so that so many fewer tokens fit. */
const shiftedFamilies = ['roberta', 'xlm-roberta', 'xlm-roberta-xl', 'camembert', 'mpnet', 'longformer'];

export function readPositions(config: JsonObject, file: string): number | null {
  const fields = jsonFields(config, file);
  if (!fields.has('max_position_embeddings')) return null;
  const positions = fields.integer('max_position_embeddings', { min: 1 });
  const isShifted = shiftedFamilies.includes(fields.string('model_type', { default: '' }));
  return Math.max(1, isShifted ? positions - fields.integer('pad_token_id', { default: 1 }) - 1 : positions);
}

function describe(facts: {
  name: string;
  encoder: TextEncoder | null;
  parts: SentenceParts;
  hasModules: boolean;
  onnxFile: string | null;
  heads: OutputHeads & { note: string };
}): string {
  const { name, encoder, parts, hasModules, onnxFile, heads } = facts;
  const size = encoder && !onnxFile ? `, ${encoder.summary}` : '';
  const source = onnxFile ? `, run from ${onnxFile}` : '';
  if (!parts.head) return `${name}${size}${source}; ${heads.sparse?.summary}. Sparse vectors in place of a dense one.`;
  const { pooling, modules } = parts.head;
  const steps = [`${pooling.modes.join(' + ')} pooling`, ...modules.flatMap(({ summary }) => summary ?? [])];
  const prompt = pooling.includePrompt ? '' : ' A prompt takes no part in pooling.';
  const sparse = heads.sparse ? ` Sparse vectors: ${heads.sparse.summary}.` : '';
  const tokens = heads.tokens ? ` Token vectors: ${heads.tokens.summary}.` : '';
  const notes = `${prompt}${sparse}${tokens}${heads.note}`;
  return `${name}${size}${source}; ${steps.join(', ')}.${notes}${hasModules ? '' : ' No modules.json: mean pooling.'}`;
}
