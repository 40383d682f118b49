import { InvalidInputError, InvalidModelFileError, ModelkeepError, UnsupportedModelError } from '../../errors.ts';
import { readJsonObject } from '../../formats/json-file.ts';
import type { VisionCheckpoint } from '../../formats/vision/vision-checkpoint.ts';
import { openChat } from '../chat/open-chat.ts';
import type { EngineOptions } from '../engine.ts';
import { type GenerationOptions, leastGeneration } from '../generation.ts';
import type { GenerationEngine } from '../generation-engine.ts';
import { defaultImageLimits } from '../image/image-preprocessor.ts';
import { createTextTokenizer } from '../llama/text-tokenizer.ts';
import { type LibraryTokenizer, loadVisionLibrary } from './library.ts';
import { readTokenSpelling } from './token-spelling.ts';
import { visionFamily } from './vision-family.ts';
import { createVisionGenerator } from './vision-generator.ts';
import { createVisionPrompts } from './vision-prompt.ts';

const usualContextSize = 4096;
const largestTokenizerBytes = 64 * 1024 ** 2;

/** Opens a model that reads images. Throws `INVALID_MODEL_FILE`, `UNSUPPORTED_MODEL`, `INVALID_INPUT`. */
export async function openVision(checkpoint: VisionCheckpoint, folder: string, options: EngineOptions): Promise<GenerationEngine> {
  if (options.precision === 'INT8') {
    throw new UnsupportedModelError({
      reason: 'It runs from its own ONNX files, whose precision was settled when they were exported.',
      remedy: 'Load it as F32.',
    });
  }
  const { facts, isEncoderDecoder } = checkpoint;
  const { generation = {} } = options;
  refuseForeign(generation);
  const contextSize = generation.contextSize ?? Math.min(facts.contextLength ?? usualContextSize, usualContextSize);
  const limits = {
    ...defaultImageLimits,
    ...(options.images && { maxBytes: options.images.maxBytes, maxPixels: options.images.maxPixels }),
  };
  const spelling = readTokenSpelling(await readJsonObject(folder, 'tokenizer.json', { maxBytes: largestTokenizerBytes }));
  await using held = new AsyncDisposableStack();
  const library = await loadVisionLibrary(folder, { threads: options.threads });
  const processor = await library.openProcessor();
  const { tokenizer } = processor;
  if (!tokenizer)
    throw new InvalidModelFileError({ file: 'preprocessor_config.json', message: 'It names no processor_class of images and text.' });
  const family = visionFamily(checkpoint.modelType, processor);
  const model = await library.openModel(checkpoint.types);
  held.defer(async () => void (await model.dispose()));
  const prompts = createVisionPrompts({ library, processor, family, limits, contextSize, isEncoderDecoder });
  const chat = held.use(
    openChat({
      template: checkpoint.template,
      bosToken: tokenizer.bos_token ?? '',
      eosToken: tokenizer.eos_token ?? '',
      specialTokens: spelling.specialTokens,
      imageMark: family.mark,
    }),
  );
  const generator = createVisionGenerator({
    library,
    model,
    prompts,
    chat,
    spelling,
    contextSize,
    endTokens: endTokens(checkpoint, tokenizer),
    isEncoderDecoder,
    showsSpecialTokens: family.showsSpecialTokens,
  });
  await requireAnswer(generator.generate);
  const kept = held.move();
  return {
    facts,
    slots: 1,
    generate: generator.generate,
    prepare: createTextTokenizer({ tokenizePrompt: (segments) => prompts.tokenize(segments, []), textOf: spelling.textOf }, contextSize),
    async embed() {
      throw new Error('A model that writes was asked for vectors.');
    },
    async [Symbol.asyncDispose]() {
      await generator.idle();
      await kept.disposeAsync();
    },
  };
}

/** What only llama.cpp can do. */
function refuseForeign({ slots = 1, gpuLayers = 0, cacheType = 'F16', flashAttention = 'AUTO', adapters = [] }: GenerationOptions): void {
  const refuse = (field: string, message: string) => new InvalidInputError({ field: `input.generation.${field}`, message });
  if (slots > 1) throw refuse('slots', `expected 1, got ${slots}: this model writes one answer at a time. Load more instances of it.`);
  const foreign = Object.entries({
    gpuLayers: gpuLayers > 0,
    cacheType: cacheType !== 'F16',
    flashAttention: flashAttention === 'ON',
    adapters: adapters.length > 0,
  }).find(([, isAsked]) => isAsked);
  if (foreign) throw refuse(foreign[0], 'is for GGUF models; leave it out.');
}

/** Where upstream's configurations say what ends an answer, the most telling first. */
function endTokens({ generationConfig, config }: VisionCheckpoint, tokenizer: LibraryTokenizer): ReadonlySet<number> {
  const text = config.text_config as { eos_token_id?: unknown } | null | undefined;
  const named = [generationConfig.eos_token_id, config.eos_token_id, text?.eos_token_id, tokenizer.eos_token_id].find((ids) => ids != null);
  return new Set([named].flat().filter((id): id is number => Number.isSafeInteger(id)));
}

/** Writes one token for an image, and one without: what cannot answer at all is refused here, and not request by request. */
async function requireAnswer(generate: GenerationEngine['generate']): Promise<void> {
  const image = Uint8Array.from(Buffer.from(grayImage, 'base64'));
  for (const images of [[], [image]]) {
    const failures: unknown[] = [];
    await generate(
      { ...leastGeneration, images, logprobs: 0 },
      {
        signal: new AbortController().signal,
        advanced() {},
        explain(error) {
          failures.push(error);
          return error instanceof ModelkeepError ? error : new InvalidModelFileError({ file: 'onnx', message: String(error) });
        },
        emit(event) {
          const told = event.type === 'text' ? (event.logprobs ?? []) : [];
          if (told.some(({ logprob }) => Number.isNaN(logprob))) failures.push(new Error('its weights are damaged: it gives no numbers'));
        },
      },
    );
    const [failure] = failures;
    if (failure === undefined) continue;
    if (failure instanceof ModelkeepError) throw failure;
    const reason = (failure instanceof Error ? failure.message : String(failure)).replaceAll(/\s+/g, ' ').slice(0, 500);
    throw new InvalidModelFileError({ file: 'onnx', message: `The runtime cannot run it: ${reason}`, cause: failure });
  }
}

/** A PNG of 8 × 8 gray pixels. */
const grayImage = 'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAD0lEQVR42mNowAEYhpYEAILzYAEllbNjAAAAAElFTkSuQmCC';
