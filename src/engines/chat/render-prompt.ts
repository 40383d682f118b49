import { InvalidInputError, InvalidModelFileError, ModelkeepError, TimeoutError } from '../../errors.ts';
import type { ChatMessage, ToolDefinition } from '../generation.ts';
import type { ChatFacts, PromptSegment } from './chat.ts';
import { templateValues } from './conversation.ts';
import { ProgramFailure, type ProgramRunner } from './program-runner.ts';
import type { createMasking } from './special-tokens.ts';
import type { TemplateTraits } from './template-traits.ts';

/** The template of one request, and who answers for it. */
export interface ChosenTemplate {
  source: string;
  /** Whether the client brought it. */
  isClients: boolean;
  traits: TemplateTraits;
}

/** Renders prompts with one template. */
export type PromptRenderer = (
  messages: readonly ChatMessage[],
  tools: readonly ToolDefinition[],
  signal: AbortSignal,
) => Promise<PromptSegment[]>;

/**
 * A last message of the assistant is the beginning of the answer: it stands after what begins an answer, and is not closed.
 * The renderer throws INVALID_INPUT with what the template says of a conversation that it refuses.
 */
export function createPromptRenderer(options: {
  facts: ChatFacts;
  template: ChosenTemplate;
  programs: ProgramRunner;
  masking: ReturnType<typeof createMasking>;
  callId: (id: string) => string;
}): PromptRenderer {
  const { facts, template, programs, masking, callId } = options;
  return async (messages, tools, signal) => {
    const last = messages.at(-1);
    const begun = last?.role === 'ASSISTANT' && !last.toolCalls?.length ? last : null;
    const mask = masking([template.source, messages, tools]);
    const conversation = {
      messages: mask.apply(begun ? messages.slice(0, -1) : messages),
      tools: mask.apply(tools),
      callId,
      imageMark: facts.imageMark,
    };
    const values = {
      ...templateValues(conversation, template.traits),
      bos_token: facts.bosToken,
      eos_token: facts.eosToken,
      add_generation_prompt: true,
    };
    const text = await asTypedError(template, programs.run({ type: 'render', template: template.source, values }, signal));
    return mask.segments(text + (begun ? mask.apply(begun.content) : ''));
  };
}

/** Looks at a template once. */
export async function templateTraits(
  source: string,
  isClients: boolean,
  programs: ProgramRunner,
  signal: AbortSignal,
): Promise<TemplateTraits> {
  return asTypedError({ isClients }, programs.run({ type: 'traits', template: source }, signal));
}

async function asTypedError<Result>({ isClients }: { isClients: boolean }, result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof ModelkeepError || !(error instanceof ProgramFailure)) throw error;
    const message = error.message.replace(/\s+/g, ' ').slice(0, 500);
    if (error.stage === 'time' && !isClients) throw new TimeoutError({ what: "The model's chat template", timeoutMs: 2000 });
    if (error.stage === 'run') {
      throw new InvalidInputError({ field: 'input.messages', message: `the chat template refuses them: ${message}` });
    }
    const what = { program: 'is not a Jinja template', time: 'does not come to an end', memory: 'takes too much memory' }[error.stage];
    if (isClients) throw new InvalidInputError({ field: 'input.template', message: `${what}: ${message}` });
    throw new InvalidModelFileError({ file: 'tokenizer.chat_template', message: `${what}: ${message}` });
  }
}
