import type { WireError } from '../../errors.ts';
import type { AnswerShape } from './answer-grammar.ts';
import type { TemplateTraits } from './template-traits.ts';

/** Work with a stranger's program, as it travels to the process that runs such. */
export type ProgramJob =
  /** What a template can do with a conversation. */
  | { type: 'traits'; template: string }
  /** A prompt from a conversation. */
  | { type: 'render'; template: string; values: Record<string, unknown> }
  /** GBNF for an answer; null for none. */
  | { type: 'grammar'; shape: AnswerShape }
  /** What is wrong with JSON text by a schema; null for nothing. */
  | { type: 'check'; text: string; schema: unknown };

export interface ProgramResults {
  traits: TemplateTraits;
  render: string;
  grammar: string | null;
  check: string | null;
}

/** `program`: it is broken as it stands. `run`: it refused what it was given, or failed on it. `time`: it did not come to an end. `error`: a failure for the client. */
export type ProgramReply =
  | { type: 'started' }
  | { type: 'done'; result: unknown }
  | { type: 'failed'; stage: 'program' | 'run' | 'time'; message: string; error?: WireError };

/** The longest prompt that a template may write, in UTF-16 units. */
export const maxRenderedLength = 8 * 1024 ** 2;
