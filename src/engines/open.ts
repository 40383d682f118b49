import { realpath } from 'node:fs/promises';
import { InvalidModelFileError, UnsupportedModelError } from '../errors.ts';
import { readAdapterFacts } from '../formats/adapter-facts.ts';
import { type Checkpoint, readCheckpoint } from '../formats/checkpoint.ts';
import type { CheckpointFacts } from '../formats/checkpoint-facts.ts';
import { type CrossEncoder, readCrossEncoder } from '../formats/cross-encoder.ts';
import { readGgufCheckpoint } from '../formats/gguf/gguf-checkpoint.ts';
import type { ImageCheckpoint } from '../formats/image-checkpoint.ts';
import { readImageCheckpoint } from '../formats/read-image-checkpoint.ts';
import { readVisionCheckpoint } from '../formats/vision/vision-checkpoint.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { isGenerationEngine } from './generation-engine.ts';
import { openLlama } from './llama/open-llama.ts';
import { openGraphNetwork } from './onnx/graph-network.ts';
import { settleImageFile } from './onnx/image-onnx-file.ts';
import { openImageTextEmbedder } from './onnx/image-text-embedder.ts';
import type { Network } from './onnx/network.ts';
import { openOnnxFileNetwork } from './onnx/onnx-file-network.ts';
import { openHeads } from './onnx/output-heads.ts';
import { createPairScorer } from './onnx/pair-scorer.ts';
import { createTextEmbedder } from './onnx/text-embedder.ts';
import { openPairTokenizer, openTokenizer } from './tokenizer.ts';
import { openVision } from './vision/open-vision.ts';
import { warmUp } from './warm-up.ts';

/**
 * Reads and checks a checkpoint folder: every config, every tensor's name and shape, the tokenizer. A repository's own ONNX
 * file is opened, for only the runtime can tell what is in it; nothing else is. Throws `INVALID_MODEL_FILE` or `UNSUPPORTED_MODEL`.
 */
export async function inspectCheckpoint(folder: string): Promise<CheckpointFacts> {
  const real = await realFolder(folder);
  const adapter = await readAdapterFacts(real);
  if (adapter) return adapter;
  const gguf = await readGgufCheckpoint(real);
  if (gguf) return gguf.facts;
  const vision = await readVisionCheckpoint(real);
  if (vision) return vision.facts;
  const image = await readImageCheckpoint(real);
  if (image) return inspectImages(await settleImageFile(image, real));
  const crossEncoder = await readCrossEncoder(real);
  if (crossEncoder) return inspectCrossEncoder(crossEncoder, real);
  const checkpoint = await readCheckpoint(real);
  await openTokenizer(checkpoint.tokenizer, checkpoint);
  if (checkpoint.network.kind === 'graph') return checkpoint.facts;
  await using network = await openNetwork(checkpoint, real, { threads: 1 });
  return factsOf(checkpoint, network);
}

/** Makes a checkpoint folder ready to run, and runs it once. Throws `INVALID_MODEL_FILE` or `UNSUPPORTED_MODEL`. */
export async function openEngine(folder: string, options: EngineOptions): Promise<Engine> {
  const engine = await openCold(folder, options);
  // One that writes has tried itself.
  return isGenerationEngine(engine) ? engine : warmUp(engine);
}

async function openCold(folder: string, options: EngineOptions): Promise<Engine> {
  const real = await realFolder(folder);
  const { precision = 'F32' } = options;
  const gguf = await readGgufCheckpoint(real);
  if (gguf) return openLlama(gguf, real, options);
  const vision = await readVisionCheckpoint(real);
  if (vision) return openVision(vision, real, options);
  const image = await readImageCheckpoint(real, { precision });
  if (image) return openImages(await settleImageFile(image, real), real, options);
  const crossEncoder = await readCrossEncoder(real, { precision });
  if (crossEncoder) return openCrossEncoder(crossEncoder, real, options);
  const checkpoint = await readCheckpoint(real, { precision });
  if (precision === 'INT8' && checkpoint.facts.int8MemoryBytes === null) throw notQuantizable();
  const tokenizer = await openTokenizer(checkpoint.tokenizer, checkpoint);
  await using held = new AsyncDisposableStack();
  const network = held.use(await openNetwork(checkpoint, real, options));
  const heads = await openHeads(checkpoint.heads, { folder: real, threads: options.threads, tokenizer });
  held.move();
  return createTextEmbedder({ checkpoint, facts: factsOf(checkpoint, network), tokenizer, network, heads });
}

async function inspectImages({ facts, text }: ImageCheckpoint): Promise<CheckpointFacts> {
  if (text) await openTokenizer(text.tokenizer, { maxTokens: text.contextLength });
  return facts;
}

async function openImages(checkpoint: ImageCheckpoint, folder: string, options: EngineOptions): Promise<Engine> {
  if (options.precision === 'INT8' && checkpoint.facts.int8MemoryBytes === null) throw notQuantizable();
  return openImageTextEmbedder(checkpoint, folder, options);
}

async function inspectCrossEncoder(checkpoint: CrossEncoder, folder: string): Promise<CheckpointFacts> {
  await openPairTokenizer(checkpoint.tokenizer, checkpoint);
  if (checkpoint.network.kind === 'onnxFile') {
    await using _network = await openPairNetwork(checkpoint, folder, { threads: 1 });
  }
  return checkpoint.facts;
}

async function openCrossEncoder(checkpoint: CrossEncoder, folder: string, options: EngineOptions): Promise<Engine> {
  if (options.precision === 'INT8' && checkpoint.facts.int8MemoryBytes === null) throw notQuantizable();
  const tokenizer = await openPairTokenizer(checkpoint.tokenizer, checkpoint);
  return createPairScorer({ checkpoint, tokenizer, network: await openPairNetwork(checkpoint, folder, options) });
}

function openPairNetwork({ network, facts }: CrossEncoder, folder: string, { threads }: EngineOptions): Promise<Network> {
  const options = { folder, threads, includePrompt: true, dimensions: facts.labels.length };
  return network.kind === 'graph' ? openGraphNetwork(network, options) : openOnnxFileNetwork(network, options);
}

function openNetwork(checkpoint: Checkpoint, folder: string, { threads }: EngineOptions): Promise<Network> {
  const { network, includePrompt, facts } = checkpoint;
  const options = { folder, threads, includePrompt, dimensions: facts.dimensions ?? 0 };
  return network.kind === 'graph' ? openGraphNetwork(network, options) : openOnnxFileNetwork(network, options);
}

function notQuantizable(): UnsupportedModelError {
  return new UnsupportedModelError({
    reason: 'It runs from its own ONNX file, whose precision was settled when it was exported.',
    remedy: 'Load it as F32, or use a repository with model.safetensors.',
  });
}

/** An ONNX file that gives nothing but pooled vectors has no tokens for a head to work on. */
function factsOf({ facts }: Checkpoint, { dimensions, runTokens }: Network): CheckpointFacts {
  const hasDense = facts.dimensions !== null;
  if (runTokens) return { ...facts, dimensions: hasDense ? dimensions : null };
  return { ...facts, dimensions, outputs: ['DENSE'], sparseDimensions: null, mostSparseValues: null, tokenDimensions: null };
}

/** The runtime refuses weights behind a symlink, so the folder is named by its real path. */
async function realFolder(folder: string): Promise<string> {
  return await realpath(folder).catch((cause: unknown) => {
    throw new InvalidModelFileError({ file: '.', message: "The model's folder is missing.", cause });
  });
}
