import { type ModelkeepError, TimeoutError } from '../../errors.ts';
import type { AnswerCause, Chat } from '../chat/chat.ts';
import type { GenerateWork, GenerationEnd, TokenLogprob } from '../generation.ts';
import type { GenerationContext } from '../generation-engine.ts';
import { createGenerationMeasure, type GenerationMeasure } from '../generation-measure.ts';
import { createLockStep, type Member, type StepEnd, type WrittenToken } from './lock-step.ts';
import type { LlamaContext, LlamaContextSequence, LlamaGrammarEvaluationState, NativeModel, Token } from './native.ts';
import { createPromptTokenizer } from './prompt-tokenizer.ts';
import { createReadingPace } from './reading-pace.ts';
import { nativeSampling } from './sampling.ts';
import { createSlotPool, type SlotPool } from './slot-pool.ts';
import { reusablePrefix, type Slot } from './slots.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Writes text with the sequences of one context. */
export interface TextGenerator {
  readonly slots: number;
  /** One of its sequences, to be tried before anything runs. */
  readonly anySequence: LlamaContextSequence;
  generate(work: GenerateWork, context: GenerationContext): Promise<void>;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
  /** A token takes longer than that to draw: ends what follows a grammar, and then the process, which cannot go on. */
  giveUp(limitMs: number): void;
}

export interface TextGeneratorOptions {
  native: NativeModel;
  context: LlamaContext;
  vocabulary: Vocabulary;
  chat: Chat;
  /** Tokens that prompt and answer may have together. */
  contextSize: number;
}

/** Makes the generator of a model whose context is open. */
export function createTextGenerator(options: TextGeneratorOptions): TextGenerator {
  const { native, context, vocabulary, chat, contextSize } = options;
  const pool: SlotPool = createSlotPool(context);
  const tokenize = createPromptTokenizer(vocabulary, contextSize);
  /** Ends those that follow a grammar. */
  const withGrammar = new Set<(error: ModelkeepError) => void>();
  const lockStep = createLockStep({ pace: createReadingPace(context.batchSize), mostSeats: context.totalSequences });

  async function generate(work: GenerateWork, { signal, emit, advanced, explain }: GenerationContext): Promise<void> {
    const measure = createGenerationMeasure();
    const finish = ({ reason, error }: Pick<GenerationEnd, 'reason' | 'error'>) => emit({ type: 'end', reason, error, ...measure.read() });
    const abandon = (error: ModelkeepError) => finish({ reason: 'ERROR', error });
    try {
      const { tokens, grammar, answer } = await chat.prepare(work, { tokenize, contextSize, signal });
      measure.usage.promptTokens = tokens.length;
      const mostTokens = Math.min(work.maxTokens ?? Number.POSITIVE_INFINITY, contextSize - tokens.length);
      for (const delta of answer.begin()) emit(delta);
      const tell = (written: WrittenToken): boolean => {
        measure.token();
        const { deltas, isOver } = answer.push(answerToken(written, work.logprobs));
        for (const delta of deltas) emit(delta);
        return isOver;
      };
      const run = {
        work,
        tokens,
        grammar: grammar === null ? null : native.openGrammar(grammar),
        mostTokens,
        signal,
        advanced,
        tell,
        measure,
      };
      if (grammar !== null) withGrammar.add(abandon);
      const cause: AnswerCause = mostTokens <= 0 ? 'length' : await write(run);
      const end = await answer.end(cause);
      for (const delta of end.deltas) emit(delta);
      finish(end);
    } catch (error) {
      if (signal.aborted) finish({ reason: 'CANCELED', error: null });
      else finish({ reason: 'ERROR', error: explain(error) });
    } finally {
      withGrammar.delete(abandon);
    }
  }

  function giveUp(limitMs: number): void {
    for (const abandon of withGrammar) abandon(new TimeoutError({ what: 'Following the grammar for one token', timeoutMs: limitMs }));
    // After their ends have left.
    setImmediate(() => {
      throw new Error(`A token took longer than ${limitMs} ms to draw.`);
    });
  }

  async function write(run: Run): Promise<AnswerCause> {
    const slot = await pool.take(run.tokens, run.signal);
    if (!slot) return 'canceled';
    run.measure.begin();
    try {
      const kept = await keepPrefix(slot, run.tokens);
      run.measure.usage.cachedPromptTokens = kept;
      const member = createMember(run, slot, kept);
      const end = await lockStep.join(member);
      if (end.cause === 'failed') return await failed(end, run, slot);
      return end.cause === 'stopped' && member.hasReachedLimit ? 'length' : end.cause;
    } finally {
      pool.release(slot);
    }
  }

  /** What a failed step has left in memory, nobody knows. */
  async function failed({ error }: Extract<StepEnd, { cause: 'failed' }>, { grammar }: Run, { sequence }: Slot): Promise<AnswerCause> {
    // Nothing can follow a grammar that is at its end.
    const isComplete = grammar !== null && error instanceof Error && error.message === 'Failed to sample next token';
    await sequence.clearHistory();
    if (isComplete) return 'eog';
    throw error;
  }

  function createMember({ work, tokens, grammar, mostTokens, signal, advanced, tell }: Run, slot: Slot, kept: number) {
    const { sequence, id } = slot;
    const answered: Token[] = [];
    const member: Member & { hasReachedLimit: boolean } = {
      sequence,
      id,
      unread: tokens.slice(kept),
      hasReachedLimit: false,
      get isCanceled() {
        return signal.aborted;
      },
      advanced,
      write: (last) =>
        sequence.evaluateWithMetadata(
          last,
          { probabilities: work.logprobs !== null },
          {
            ...nativeSampling(work.sampling, { prompt: tokens, answer: answered, contextSize }),
            ...(grammar ? { grammarEvaluationState: grammar } : {}),
          },
        ),
      take(written) {
        answered.push(written.token);
        const isOver = tell(written);
        member.hasReachedLimit = !isOver && answered.length >= mostTokens;
        return isOver || member.hasReachedLimit;
      },
    };
    return member;
  }

  function answerToken({ token, probabilities }: WrittenToken, logprobs: number | null) {
    const logprob = logprobs === null || !probabilities ? {} : { logprob: toLogprob(token, probabilities, logprobs) };
    return { bytes: vocabulary.bytesOf(token), isControl: vocabulary.isControl(token), ...logprob };
  }

  function toLogprob(token: Token, probabilities: Map<Token, number>, count: number): TokenLogprob {
    const described = (id: Token) => ({
      token: vocabulary.textOf(id),
      logprob: Math.log(Math.max(probabilities.get(id) ?? 0, smallestProbability)),
    });
    return { ...described(token), top: [...probabilities.keys()].slice(0, count).map(described) };
  }

  return { slots: pool.size, anySequence: pool.anySequence, generate, idle: () => lockStep.idle(), giveUp };
}

/** Below it a float is 0, whose logarithm JSON cannot write. */
const smallestProbability = 1e-38;

/** One generation, ready to run. */
interface Run {
  work: GenerateWork;
  tokens: number[];
  grammar: LlamaGrammarEvaluationState | null;
  mostTokens: number;
  signal: AbortSignal;
  advanced: () => void;
  /** Tells a token to the reader; answers whether a stop text came. */
  tell: (written: WrittenToken) => boolean;
  measure: GenerationMeasure;
}

/** Makes the sequence hold the beginning of the prompt, as far as it does already, and nothing else. */
async function keepPrefix({ sequence }: Slot, tokens: readonly number[]): Promise<number> {
  const prefix = reusablePrefix(sequence, tokens);
  if (prefix === 0) await sequence.clearHistory();
  else await sequence.adaptStateToTokens(tokens.slice(0, prefix) as Token[], false);
  return sequence.nextTokenIndex;
}
