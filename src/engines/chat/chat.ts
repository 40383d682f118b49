import type { ModelkeepError } from '../../errors.ts';
import type { GenerateWork, GenerationEndReason, TextDelta, TokenLogprob, ToolCallDelta } from '../generation.ts';

/**
 * Between a request for text and an engine that writes tokens: a request becomes a prompt and a grammar, and tokens become what
 * the client is told. One for each opened model; disposing it ends the processes that run strangers' templates and patterns.
 */
export interface Chat extends AsyncDisposable {
  /**
   * Makes a request ready to run. Throws INVALID_INPUT, INPUT_TOO_LONG, INVALID_MODEL_FILE (a template that is broken), TIMEOUT (one
   * that does not come to an end), CANCELED.
   */
  prepare<Token>(work: GenerateWork, options: PrepareOptions<Token>): Promise<PreparedGeneration<Token>>;
}

/** What a model's file says about conversations. */
export interface ChatFacts {
  /** `tokenizer.chat_template`; null where the file has none: ChatML then. */
  template: string | null;
  /** `tokenizer.chat_template.tool_use`: takes its place where tools are given. */
  toolTemplate?: string | null;
  /** Text of the token; '' for none. Templates write it. */
  bosToken: string;
  eosToken: string;
  /** Texts that a person may not smuggle in: every control token, and what ends a turn. */
  specialTokens: readonly SpecialToken[];
  /** What stands for an image where a template has no place for one; left out for a model without eyes. */
  imageMark?: string;
}

export interface SpecialToken {
  text: string;
  /** Whether it is parsed even where special tokens are not (llama.cpp's user-defined type): its text is then cut in two. */
  alwaysParsed: boolean;
}

/** A part of a prompt. The parts are one text: tokenising adds nothing between two of them, no space either. */
export interface PromptSegment {
  text: string;
  /** Whether special tokens in it are parsed. */
  parsesSpecialTokens: boolean;
}

export interface PrepareOptions<Token> {
  /**
   * Tokens of a whole prompt. Adds BOS where the tokenizer adds it and the prompt does not begin with it.
   *
   * @param images which of the work's images the prompt shows, in their order.
   */
  tokenize: (segments: readonly PromptSegment[], images: readonly number[]) => Token[] | Promise<Token[]>;
  /** How many tokens prompt and answer have together. */
  contextSize: number;
  signal: AbortSignal;
}

/** What the engine runs. */
export interface PreparedGeneration<Token> {
  tokens: Token[];
  /** GBNF that holds from the first token; null for none. */
  grammar: string | null;
  /** Takes the tokens that are written. */
  answer: Answer;
}

/** One token that was written. What ends the generation (EOG) is not told to `push`. */
export interface AnswerToken {
  /** Its bytes: a character may be spread over several tokens. A control token's are its name, e.g. `<|python_tag|>`. */
  bytes: Uint8Array;
  /** Control tokens mark tool calls, and are not shown. */
  isControl: boolean;
  /** Where they were asked for. */
  logprob?: TokenLogprob;
}

export interface Answer {
  /** What comes before the first token: the echo. */
  begin(): AnswerDelta[];
  /** What a token adds; `isOver` tells to stop here: a stop text came. Tokens after that are ignored. */
  push(token: AnswerToken): { deltas: AnswerDelta[]; isOver: boolean };
  /**
   * What was held back, and why the generation ended. `cause`: `eog` the model ended it, or its grammar did; `length` the token limit or
   * the context; `stopped` after `isOver`; `canceled`. An answer that is not in the form that was asked for ends with ERROR.
   */
  end(cause: AnswerCause): Promise<AnswerEnd>;
}

export type AnswerDelta = TextDelta | ToolCallDelta;
export type AnswerCause = 'eog' | 'length' | 'stopped' | 'canceled';

export interface AnswerEnd {
  deltas: AnswerDelta[];
  reason: GenerationEndReason;
  /** Only with ERROR. */
  error: ModelkeepError | null;
}
