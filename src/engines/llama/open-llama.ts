import { join } from 'node:path';
import { InvalidInputError, UnsupportedModelError } from '../../errors.ts';
import type { CheckpointFacts } from '../../formats/checkpoint-facts.ts';
import type { GgufCheckpoint } from '../../formats/gguf/gguf-checkpoint.ts';
import { openChat } from '../chat/open-chat.ts';
import type { Engine, EngineOptions } from '../engine.ts';
import type { GenerationOptions, LoadedAdapter } from '../generation.ts';
import type { GenerationEngine } from '../generation-engine.ts';
import { openEmbedder } from './embedder.ts';
import { usesFlashAttention } from './flash-attention.ts';
import { hookSampling } from './hook-sampling.ts';
import { type LlamaContext, type NativeModel, openNative, type Token } from './native.ts';
import { pooledContextSize } from './pooled-context.ts';
import { openReranker } from './reranker.ts';
import { createTextGenerator } from './text-generator.ts';
import { createTextTokenizer } from './text-tokenizer.ts';
import { readVocabulary } from './vocabulary.ts';

const usualSlots = 1;
const usualContextSize = 4096;
/** Drawing a token takes a millisecond, unless its grammar is one that llama.cpp never gets through. */
const longestDrawMs = 10_000;
/** What llama.cpp computes at once, at the most. */
const batchTokens = 512;

/** Opens a GGUF model in llama.cpp, for what it was made for. Throws `INVALID_MODEL_FILE`, `UNSUPPORTED_MODEL`, `INVALID_INPUT`. */
export async function openLlama(checkpoint: GgufCheckpoint, folder: string, options: EngineOptions): Promise<Engine> {
  if (options.precision === 'INT8') {
    throw new UnsupportedModelError({ reason: 'It is a GGUF, whose precision was settled when it was made.', remedy: 'Load it as F32.' });
  }
  const { facts, modelFile } = checkpoint;
  const { threads, generation = {} } = options;
  const isWriter = facts.capabilities.includes('GENERATE_TEXT');
  const adapters = chooseAdapters(checkpoint, folder, generation.adapters);
  const passTokens = pooledContextSize(facts, generation.contextSize);
  const flashAttention = (hasGpu: boolean) =>
    usesFlashAttention({
      asked: generation.flashAttention,
      hasGpu,
      cacheType: generation.cacheType,
      heads: checkpoint.sizes.heads,
      batchTokens: isWriter ? batchTokens : passTokens,
      contextSize: isWriter ? writersContextSize(facts, generation) : passTokens,
    });
  await using held = new AsyncDisposableStack();
  const native = held.use(
    await openNative({
      path: join(folder, modelFile),
      threads,
      gpu: generation.gpu === 'OFF' ? 'off' : 'auto',
      gpuLayers: generation.gpuLayers,
      flashAttention,
    }),
  );
  const vocabulary = readVocabulary(native.model);
  const { contextSize } = generation;
  const pooled = { native, vocabulary, facts, threads, contextSize };
  const engine = isWriter
    ? await openWriter(checkpoint, { native, vocabulary, threads, generation, adapters })
    : facts.capabilities.includes('RERANK')
      ? await openReranker(pooled)
      : await openEmbedder(pooled);
  const kept = held.move();
  return {
    ...engine,
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await kept.disposeAsync();
    },
  };
}

interface WriterParts {
  native: NativeModel;
  vocabulary: ReturnType<typeof readVocabulary>;
  threads: number;
  generation: GenerationOptions;
  adapters: { filePath: string; scale: number }[];
}

async function openWriter(
  { facts }: GgufCheckpoint,
  { native, vocabulary, threads, generation, adapters }: WriterParts,
): Promise<GenerationEngine> {
  const { slots = usualSlots, cacheType = 'F16' } = generation;
  const contextSize = writersContextSize(facts, generation);
  const context = await native.attempt('make room for its context', () =>
    native.model.createContext({
      sequences: slots,
      contextSize,
      batchSize: Math.max(batchTokens, slots),
      threads,
      experimentalKvCacheKeyType: cacheType,
      experimentalKvCacheValueType: cacheType,
      // What was read stays usable for the next prompt, also where the model looks back only so far.
      swaFullCache: true,
      failedCreationRemedy: false,
      ...(adapters.length > 0 ? { lora: { adapters } } : {}),
    }),
  );
  const chat = openChat(vocabulary.chatFacts);
  const generator = createTextGenerator({ native, context, vocabulary, chat, contextSize });
  hookSampling(context, { limitMs: longestDrawMs, onStuck: () => generator.giveUp(longestDrawMs) });
  await requireNumbers(native, generator.anySequence, vocabulary.tokenizePrompt([{ text: 'ready', parsesSpecialTokens: false }]));
  return {
    facts,
    slots: generator.slots,
    generate: generator.generate,
    prepare: createTextTokenizer(vocabulary, contextSize),
    async embed() {
      throw new Error('A model that writes was asked for vectors.');
    },
    async [Symbol.asyncDispose]() {
      // The library must not be closed below a sequence that runs.
      await generator.idle();
      await chat[Symbol.asyncDispose]();
      await context.dispose();
    },
  };
}

function writersContextSize({ contextLength }: CheckpointFacts, { contextSize }: GenerationOptions): number {
  return contextSize ?? Math.min(contextLength ?? usualContextSize, usualContextSize);
}

/** Writes one token: damaged weights load without complaint, and give no numbers. */
async function requireNumbers(
  native: NativeModel,
  sequence: ReturnType<LlamaContext['getSequence']>,
  prompt: readonly number[],
): Promise<void> {
  const tokens = (prompt.length > 0 ? [...prompt] : [0]) as Token[];
  await native.attempt('run it', async () => {
    const stream = sequence.evaluateWithMetadata(tokens, { probabilities: true }, { temperature: 0, yieldEogToken: true });
    const { value } = await stream.next();
    await stream.return();
    const probabilities = [...(value?.probabilities?.values() ?? [])];
    if (probabilities.length === 0 || !probabilities.every(Number.isFinite))
      throw new Error('its weights are damaged: it gives no numbers');
    await sequence.clearHistory();
  });
}

/** The adapters of the folder, at full strength; or those that were asked for. */
function chooseAdapters(
  { adapterFiles }: GgufCheckpoint,
  folder: string,
  asked: readonly LoadedAdapter[] | undefined,
): { filePath: string; scale: number }[] {
  const chosen = asked ?? adapterFiles.map((file) => ({ file, scale: 1 }));
  return chosen.map(({ file, scale }) => {
    if (!adapterFiles.includes(file)) {
      const has = adapterFiles.length > 0 ? `it has ${adapterFiles.join(', ')}` : 'it has none';
      throw new InvalidInputError({ field: 'input.adapters', message: `the model has no adapter ${JSON.stringify(file)}; ${has}.` });
    }
    return { filePath: join(folder, file), scale };
  });
}
