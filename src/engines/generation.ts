import type { ModelkeepError } from '../errors.ts';

/**
 * One request for text, as it travels to a runner. Whatever executes a stranger's program (chat template, grammar, schema
 * patterns) happens there, so the request arrives unrendered.
 */
export interface GenerateWork {
  kind: 'generate';
  input: GenerationInput;
  /** Encoded, as they came; a raw prompt has them all, in order, of messages each has its own. Left out for none. */
  images?: Uint8Array[];
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

/** The least that a model that writes can be asked for: one token, the likeliest. */
export const leastGeneration: GenerateWork = {
  kind: 'generate',
  input: { type: 'prompt', text: 'ready' },
  maxTokens: 1,
  sampling: { temperature: 0, topP: 1, topK: 0, minP: 0, seed: 0, repeatPenalty: 1, presencePenalty: 0, frequencyPenalty: 0 },
  stop: [],
  responseFormat: null,
  logprobs: null,
  echo: false,
  truncate: 'NONE',
};

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
  /** Which of the work's images it shows, in front of its text. */
  images?: number[];
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

/** How a model that writes is held in memory; settled when it is loaded. */
export interface GenerationOptions {
  /** Tokens that one prompt and its answer may have together. Beyond what the model was trained for only where it is given here. */
  contextSize?: number | undefined;
  /** How many generations run side by side; each has its context. */
  slots?: number | undefined;
  /** Whether a graphics processor is used where there is one. Default: AUTO. */
  gpu?: 'AUTO' | 'OFF' | undefined;
  /** Layers that the graphics processor takes. Default: as many as fit. */
  gpuLayers?: number | undefined;
  /** How keys and values of the context are stored. Default: F16. Quantised ones need flash attention, and turn it on. */
  cacheType?: CacheType | undefined;
  /** Default: AUTO, on a graphics processor that can do it, for a long context, and for a quantised cache. */
  flashAttention?: 'AUTO' | 'ON' | 'OFF' | undefined;
  /** Which of the LoRA adapters in the model's folder are put on it, all at once. Default: each of them, as it was trained. */
  adapters?: readonly LoadedAdapter[] | undefined;
}

/** One LoRA adapter. */
export interface LoadedAdapter {
  /** The name of its GGUF in the model's folder. */
  file: string;
  /** 1 as it was trained, 0 for none of it. */
  scale: number;
}

/** How keys and values can be stored. */
export const cacheTypes = ['F32', 'F16', 'BF16', 'Q8_0', 'Q5_1', 'Q5_0', 'Q4_1', 'Q4_0'] as const;
export type CacheType = (typeof cacheTypes)[number];
