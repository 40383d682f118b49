import { quote, UnsupportedModelError } from '../../errors.ts';
import type { Capability, CheckpointFacts } from '../checkpoint-facts.ts';
import { baseMemoryBytes } from '../network-size.ts';
import { quantizationOf } from './file-types.ts';
import { checkAdapter } from './gguf-adapter.ts';
import { type GgufFields, ggufFields } from './gguf-fields.ts';
import { type GgufFolder, readGgufFolder } from './gguf-folder.ts';
import type { GgufHeader } from './gguf-header.ts';
import { templateKey } from './gguf-keys.ts';
import type { GgufTensor } from './gguf-tensors.ts';
import { type Hyperparameters, readHyperparameters } from './hyperparameters.ts';
import { kindOfArchitecture } from './llama-architectures.ts';
import { checkTensors } from './required-tensors.ts';

/** A folder of GGUF files, read and checked: all that an engine needs to open it. */
export interface GgufCheckpoint {
  readonly facts: CheckpointFacts;
  /** The file to open, the first of its shards where it is split; a path inside the folder. */
  readonly modelFile: string;
  /** LoRA adapters for it, by name; paths inside the folder. */
  readonly adapterFiles: readonly string[];
  readonly sizes: Hyperparameters;
}

const rankPooling = 4;

/**
 * Reads the GGUF model of a folder, and the LoRA adapters beside it; null where it has none. Only headers are read. Throws
 * `INVALID_MODEL_FILE` for whatever llama.cpp would refuse or abort at, `UNSUPPORTED_MODEL` for what is whole but not run here.
 */
export async function readGgufCheckpoint(folder: string): Promise<GgufCheckpoint | null> {
  const found = await readGgufFolder(folder);
  if (!found) return null;
  const [model] = found.shards;
  const fields = ggufFields(model);
  const architecture = requireArchitecture(fields);
  const sizes = readHyperparameters(model, architecture);
  const tensors = found.shards.flatMap((shard) => shard.tensors);
  checkTensors(model, tensors, sizes);
  for (const adapter of found.adapters) checkAdapter(adapter, { architecture, tensors });
  const facts = describe({ model, fields, sizes, tensors, found });
  return { facts, modelFile: model.file, adapterFiles: found.adapters.map(({ file }) => file), sizes };
}

function requireArchitecture(fields: GgufFields): string {
  const architecture = fields.text('general.architecture') ?? '';
  if (kindOfArchitecture(architecture) !== 'UNKNOWN') return architecture;
  const reason =
    architecture === ''
      ? 'The GGUF names no architecture.'
      : `The GGUF's architecture ${quote(architecture)} is none that llama.cpp runs here.`;
  throw new UnsupportedModelError({ reason, remedy: 'Use a GGUF of a text model that llama.cpp knows.' });
}

interface DescribeContext {
  model: GgufHeader;
  fields: GgufFields;
  sizes: Hyperparameters;
  tensors: readonly GgufTensor[];
  found: GgufFolder;
}

function describe({ model, fields, sizes, tensors, found }: DescribeContext): CheckpointFacts {
  const { architecture, contextLength } = sizes;
  const hasChatTemplate = fields.has(templateKey);
  const capabilities = capabilitiesOf(sizes, { hasChatTemplate, tensors });
  const parameterCount = tensors.reduce((sum, { dimensions }) => sum + dimensions.reduce((product, size) => product * size, 1), 0);
  const quantization = quantizationOf(fields, tensors);
  const writes = capabilities.includes('GENERATE_TEXT');
  const weightBytes = [...found.shards, ...found.adapters].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const name = fields.text('general.name')?.slice(0, 200);
  return {
    library: 'LLAMA_CPP',
    architecture,
    capabilities,
    description: [
      `${name ? `${name}: ` : ''}${architecture}, ${sizes.layers} layers of ${sizes.width}, ${quantization ?? 'unknown'} weights, trained on contexts of ${contextLength} tokens.`,
      ...(found.shards.length > 1 ? [`In ${found.shards.length} files.`] : []),
      ...(found.adapters.length > 0 ? [`With LoRA: ${found.adapters.map(({ file }) => file).join(', ')}.`] : []),
    ].join(' '),
    parameterCount,
    quantization,
    dimensions: capabilities.includes('EMBED_TEXT') ? outputWidth(sizes, tensors) : null,
    maxTokens: contextLength,
    labels: capabilities.includes('RERANK') ? labelsOf(model) : [],
    prompts: {},
    defaultPromptName: null,
    ...(writes ? { contextLength, hasChatTemplate, keyValueBytesPerToken: keyValueBytesPerToken(sizes) } : {}),
    license: fields.text('general.license')?.slice(0, 200) ?? null,
    // Without the context's cache: how much of it there is to be is settled when it is loaded.
    memoryBytes: baseMemoryBytes + weightBytes,
  };
}

function capabilitiesOf(
  { architecture, poolingType }: Hyperparameters,
  { hasChatTemplate, tensors }: { hasChatTemplate: boolean; tensors: readonly GgufTensor[] },
): Capability[] {
  const hasClassifier = tensors.some(({ name }) => name === 'cls.weight' || name === 'cls.output.weight');
  if (poolingType === rankPooling && hasClassifier) return ['RERANK'];
  // A model that also writes says its pooling only where it was made to embed.
  const embeds = kindOfArchitecture(architecture) === 'EMBEDDING' || (poolingType !== null && poolingType > 0);
  if (embeds) return ['EMBED_TEXT'];
  return hasChatTemplate ? ['GENERATE_TEXT', 'CHAT'] : ['GENERATE_TEXT'];
}

/** Some embedding models end in dense layers, the last of which says how wide a vector is. */
function outputWidth({ width }: Hyperparameters, tensors: readonly GgufTensor[]): number {
  return tensors.find(({ name }) => name === 'dense_3.weight')?.dimensions[1] ?? width;
}

function labelsOf({ metadata }: GgufHeader): string[] {
  const found = [...metadata].find(([key]) => key.endsWith('.classifier.output_labels'))?.[1];
  const labels = found?.type === 'array' && found.of === 'string' ? (found.values ?? []) : [];
  return labels.length > 0 ? labels.map(String) : ['LABEL_0'];
}

/** Keys and values of one token in all layers, as F16. */
function keyValueBytesPerToken({ kvHeads, keyLength, valueLength }: Hyperparameters): number {
  return kvHeads.reduce((sum, heads) => sum + heads * (keyLength + valueLength) * 2, 0);
}
