import type { ModelkeepError } from '../errors.ts';

/**
 * One request for text, as it travels to a runner. Whatever executes a stranger's program (chat template, grammar, schema
 * patterns) happens there, so the request arrives unrendered.
 */
export interface GenerateWork {
  kind: 'generate';
  input: GenerationInput;
  /** The most tokens to write; null for as many as fit the context. */
  maxTokens: number | null;
  sampling: Sampling;
  /** Texts that end the answer; none of them is part of it. */
  stop: string[];
  /** What the answer must look like; null for free text. */
  responseFormat: ResponseFormat | null;
  /** How many alternatives are told with each token's log-probability: 0 for the chosen token's alone, null for none of it. */
  logprobs: number | null;
  /** Whether the answer begins with the prompt's text. */
  echo: boolean;
  /** NONE: too long is INPUT_TOO_LONG. START: the oldest turns go, never the system message. */
  truncate: 'NONE' | 'START';
}

/** A raw prompt, in which special tokens are parsed, or a conversation, in which a person's text never is. */
export type GenerationInput =
  | { type: 'prompt'; text: string }
  | {
      type: 'chat';
      messages: ChatMessage[];
      /** A Jinja template in place of the model's own; null for that. */
      template: string | null;
      tools: ToolDefinition[];
      toolChoice: ToolChoice;
    };

export interface ChatMessage {
  role: 'SYSTEM' | 'USER' | 'ASSISTANT' | 'TOOL';
  content: string;
  /** Calls that an earlier answer made. */
  toolCalls?: ToolCall[];
  /** Which call a TOOL message answers, and the tool's name. */
  toolCallId?: string;
  name?: string;
}

export interface ToolDefinition {
  name: string;
  description: string | null;
  /** JSON schema of its arguments, an object's; null for a tool without. */
  parameters: Record<string, unknown> | null;
}

/** AUTO leaves it to the model, NONE shows it no tools, REQUIRED makes it call some tool, a name that one. */
export type ToolChoice = 'AUTO' | 'NONE' | 'REQUIRED' | { name: string };

export interface ToolCall {
  id: string;
  name: string;
  /** JSON text of an object. */
  arguments: string;
}

/** How the next token is drawn. The defaults of the doors live in `inference/`. */
export interface Sampling {
  /** 0 takes the likeliest token. */
  temperature: number;
  /** 1 for off. */
  topP: number;
  /** 0 for off. */
  topK: number;
  /** 0 for off. */
  minP: number;
  /** Null for one drawn by the engine. */
  seed: number | null;
  /** 1 for off. */
  repeatPenalty: number;
  /** 0 for off. */
  presencePenalty: number;
  /** 0 for off. */
  frequencyPenalty: number;
}

export type ResponseFormat = { type: 'json' } | { type: 'jsonSchema'; schema: Record<string, unknown> } | { type: 'gbnf'; grammar: string };

/** What a generation tells while it runs: any number of deltas, then exactly one end. */
export type GenerationEvent = TextDelta | ToolCallDelta | GenerationEnd;

export interface TextDelta {
  type: 'text';
  /** Rises by one with every delta of a generation. */
  index: number;
  /** Whole characters, never part of a stop text. */
  text: string;
  /** One per token of it, where they were asked for. */
  logprobs: TokenLogprob[] | null;
}

export interface TokenLogprob {
  token: string;
  /** Natural logarithm of its probability. */
  logprob: number;
  /** The likeliest tokens at that place, best first. */
  top: { token: string; logprob: number }[];
}

export interface ToolCallDelta {
  type: 'toolCall';
  index: number;
  call: ToolCall;
}

export interface GenerationEnd {
  type: 'end';
  reason: GenerationEndReason;
  usage: GenerationUsage;
  timing: GenerationTiming;
  /** Only with ERROR. */
  error: ModelkeepError | null;
}

/** Why a generation ended. */
export const generationEndReasons = ['STOP', 'LENGTH', 'CANCELED', 'TOOL_CALLS', 'ERROR'] as const;
export type GenerationEndReason = (typeof generationEndReasons)[number];

export interface GenerationUsage {
  promptTokens: number;
  /** Of those, how many were in memory from a request before. */
  cachedPromptTokens: number;
  completionTokens: number;
}

export interface GenerationTiming {
  /** Waiting for a free sequence. */
  queueMs: number;
  /** Reading the prompt. */
  promptMs: number;
  /** From arrival to the first token; null where none came. */
  firstTokenMs: number | null;
  /** From the first token to the last. */
  generationMs: number;
  /** Tokens written in a second of `generationMs`; null where there were fewer than two. */
  tokensPerSecond: number | null;
}
