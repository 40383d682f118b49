import { CanceledError, InputTooLongError } from '../../errors.ts';
import type { Answer, AnswerCause, Chat } from '../chat/chat.ts';
import type { GenerateWork, GenerationEnd } from '../generation.ts';
import type { GenerationContext } from '../generation-engine.ts';
import { createGenerationMeasure, type GenerationMeasure } from '../generation-measure.ts';
import type { LibraryModel, VisionLibrary } from './library.ts';
import { runModel } from './run-model.ts';
import { tokenLogprob } from './token-logprob.ts';
import { createTokenSampler } from './token-sampler.ts';
import type { TokenSpelling } from './token-spelling.ts';
import type { PreparedImage, VisionPrompts } from './vision-prompt.ts';

export interface VisionGeneratorOptions {
  library: VisionLibrary;
  model: LibraryModel;
  prompts: VisionPrompts;
  chat: Chat;
  spelling: TokenSpelling;
  /** Tokens that prompt and answer may have together; where a text is read by a graph of its own, each of them. */
  contextSize: number;
  /** Tokens that end an answer. */
  endTokens: ReadonlySet<number>;
  isEncoderDecoder: boolean;
  showsSpecialTokens: boolean;
}

/** Writes one answer after the other. */
export interface VisionGenerator {
  generate(work: GenerateWork, context: GenerationContext): Promise<void>;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

export function createVisionGenerator(options: VisionGeneratorOptions): VisionGenerator {
  const { library, model, prompts, chat, spelling, contextSize, endTokens, isEncoderDecoder } = options;
  /** The library takes no second generation while one runs. */
  let last: Promise<void> = Promise.resolve();

  async function generate(work: GenerateWork, { signal, emit, advanced, explain }: GenerationContext): Promise<void> {
    const measure = createGenerationMeasure();
    const finish = ({ reason, error }: Pick<GenerationEnd, 'reason' | 'error'>) => emit({ type: 'end', reason, error, ...measure.read() });
    const before = last;
    const { promise, resolve } = Promise.withResolvers<void>();
    last = promise;
    try {
      await before;
      measure.begin();
      const images = createImageList(work, { prompts, signal, advanced, contextSize });
      const shown: PreparedImage[] = [];
      const { tokens, answer } = await chat.prepare(work, {
        contextSize,
        signal,
        async tokenize(segments, indexes) {
          const found = await images.prepare(indexes);
          if (!found) return tooLong(contextSize);
          shown.splice(0, shown.length, ...found);
          return prompts.tokenize(segments, found);
        },
      });
      const hidden = prompts.hiddenTokensPerImage * shown.length;
      measure.usage.promptTokens = tokens.length + hidden;
      if (hidden > 0 && tokens.length + hidden >= contextSize) throw promptTooLong(tokens.length + hidden, contextSize);
      const room = isEncoderDecoder ? contextSize - 1 : contextSize - tokens.length;
      const mostTokens = Math.min(work.maxTokens ?? Number.POSITIVE_INFINITY, room);
      for (const delta of answer.begin()) emit(delta);
      const cause = await write({ work, tokens, shown, answer, mostTokens, measure, signal, emit, advanced });
      const end = await answer.end(cause);
      for (const delta of end.deltas) emit(delta);
      finish(end);
    } catch (error) {
      if (signal.aborted) finish({ reason: 'CANCELED', error: null });
      else finish({ reason: 'ERROR', error: explain(error) });
    } finally {
      resolve();
    }
  }

  async function write(run: Run): Promise<AnswerCause> {
    const { work, tokens, shown, answer, mostTokens, measure, signal, emit, advanced } = run;
    if (signal.aborted) return 'canceled';
    const sampler = createTokenSampler(work.sampling, tokens);
    const wanted = work.logprobs;
    let logits: Float32Array | null = null;
    let cause: AnswerCause = 'length';
    await runModel({
      library,
      model,
      tokens,
      images: shown,
      mostTokens,
      endTokens,
      signal,
      advanced,
      choose:
        sampler.isGreedy && wanted === null
          ? null
          : (given, written) => {
              logits = wanted === null ? null : given.slice();
              return sampler.choose(given, written);
            },
      take(token) {
        measure.token();
        if (signal.aborted) cause = 'canceled';
        else if (endTokens.has(token)) cause = 'eog';
        else if (tell(token, measure.usage.completionTokens === 1, logits)) cause = 'stopped';
        return cause !== 'length';
      },
    });
    return signal.aborted ? 'canceled' : cause;

    function tell(token: number, isFirst: boolean, given: Float32Array | null): boolean {
      const isControl = spelling.isSpecial(token) && !options.showsSpecialTokens;
      const bytes = spelling.bytesOf(token);
      const logprob = wanted === null || !given ? {} : { logprob: tokenLogprob(token, given, { count: wanted, textOf: spelling.textOf }) };
      const isDropped = isFirst && spelling.dropsFirstSpace && bytes[0] === space;
      const { deltas, isOver } = answer.push({ bytes: isDropped ? bytes.subarray(1) : bytes, isControl, ...logprob });
      for (const delta of deltas) emit(delta);
      return isOver;
    }
  }

  return { generate, idle: () => last };
}

const space = 0x20;

interface Run {
  work: GenerateWork;
  tokens: readonly number[];
  shown: readonly PreparedImage[];
  answer: Answer;
  mostTokens: number;
  measure: GenerationMeasure;
  signal: AbortSignal;
  emit: GenerationContext['emit'];
  advanced: () => void;
}

/** Prepares each image of a request once, and no more of them than have room. */
function createImageList(
  { images = [] }: GenerateWork,
  { prompts, signal, advanced, contextSize }: { prompts: VisionPrompts; signal: AbortSignal; advanced: () => void; contextSize: number },
) {
  const known = new Map<number, PreparedImage>();
  return {
    /** Null where they are too many for the context. */
    async prepare(indexes: readonly number[]): Promise<PreparedImage[] | null> {
      let tokens = 0;
      const found: PreparedImage[] = [];
      for (const index of indexes) {
        if (signal.aborted) throw new CanceledError({ what: 'The generation' });
        const image = known.get(index) ?? (await prompts.prepareImage(images[index] ?? new Uint8Array(0), index));
        known.set(index, image);
        advanced();
        found.push(image);
        tokens += Math.max(1, prompts.tokenize([{ text: image.places, parsesSpecialTokens: false }], []).length);
        if (tokens > contextSize * 2 && found.length < indexes.length) return null;
      }
      return found;
    },
  };
}

/** Nothing but a length: more than there is room for. */
function tooLong(contextSize: number): number[] {
  const counted: number[] = [];
  counted.length = contextSize * 2 + 1;
  return counted;
}

function promptTooLong(tokens: number, contextSize: number): InputTooLongError {
  return new InputTooLongError({
    index: 0,
    tokens,
    limit: contextSize - 1,
    message: `The prompt has ${tokens} tokens with its image; the context takes ${contextSize - 1} and one to write.`,
  });
}
