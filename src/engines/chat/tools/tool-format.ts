import type { ToolDefinition } from '../../generation.ts';

/** A call as a model wrote it. */
export interface WrittenCall {
  name: string;
  /** JSON text of an object. */
  arguments: string;
}

/**
 * How a family of models writes calls. A part of an answer that begins with one of `openers` is handed to `read` again and again as
 * it grows, until it is known for calls or for text.
 */
export interface ToolFormat {
  /** Texts that begin calls. */
  openers: readonly string[];
  /** Names of control tokens that matter in an answer; others are not shown to it. */
  controlTokens: readonly string[];
  /** `text` begins with an opener; `isEnd` where nothing follows. */
  read(text: string, context: ReadContext): ReadResult;
  /** How a forced call is written. */
  grammar: ToolGrammar;
}

export interface ReadContext {
  isEnd: boolean;
  tools: readonly ToolDefinition[];
}

/** `length` is how much of the text the calls take. */
export type ReadResult = { type: 'calls'; calls: WrittenCall[]; length: number } | { type: 'more' } | { type: 'text' };

/** What stands around the name and the arguments of a call. */
export interface ToolGrammar {
  before: string;
  /** Between name and arguments. */
  between: string;
  after: string;
  /** Around all calls. */
  opening: string;
  separator: string;
  closing: string;
}
