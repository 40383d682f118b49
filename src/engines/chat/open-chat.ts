import { createHash, randomBytes } from 'node:crypto';
import { CanceledError } from '../../errors.ts';
import type { GenerateWork, GenerationInput } from '../generation.ts';
import { createAnswer } from './answer.ts';
import type { Chat, ChatFacts, PreparedGeneration, PrepareOptions, PromptSegment } from './chat.ts';
import { chatMlTemplate } from './default-template.ts';
import { fitConversation, requireFit } from './fit-prompt.ts';
import { createProgramRunner, type ProgramRunnerOptions } from './program-runner.ts';
import { type ChosenTemplate, createPromptRenderer, templateTraits } from './render-prompt.ts';
import { answerCheck, answerGrammar } from './response-format.ts';
import { createMasking } from './special-tokens.ts';
import type { TemplateTraits } from './template-traits.ts';
import { chooseToolFormat } from './tools/choose-format.ts';

type ChatInput = Extract<GenerationInput, { type: 'chat' }>;

/** Clients' templates whose traits are remembered. */
const maxKnownTemplates = 16;

/**
 * Makes the chat layer of one opened model. The model's template runs in one process, what clients bring in another: a template of
 * theirs that never ends holds up nobody who brought none.
 */
export function openChat(facts: ChatFacts, options: ProgramRunnerOptions = {}): Chat {
  const own = createProgramRunner(options);
  const clients = createProgramRunner(options);
  const masking = createMasking(facts.specialTokens);
  const knownTraits = new Map<string, TemplateTraits>();

  async function chooseTemplate({ template, tools }: ChatInput, signal: AbortSignal): Promise<ChosenTemplate> {
    const modelsOwn = (tools.length > 0 ? facts.toolTemplate : null) ?? facts.template ?? chatMlTemplate;
    const isClients = template !== null && template !== modelsOwn;
    const source = isClients ? template : modelsOwn;
    const traits = knownTraits.get(source) ?? (await templateTraits(source, isClients, isClients ? clients : own, signal));
    const [oldest] = knownTraits.keys();
    if (knownTraits.size >= maxKnownTemplates && oldest !== undefined) knownTraits.delete(oldest);
    knownTraits.set(source, traits);
    return { source, isClients, traits };
  }

  function preparePrompt<Token>(
    work: GenerateWork,
    text: string,
    { tokenize, contextSize }: PrepareOptions<Token>,
  ): PreparedGeneration<Token> {
    const segments = text === '' ? [] : [{ text, parsesSpecialTokens: true }];
    const { tokens } = requireFit({ tokens: tokenize(segments) }, contextSize);
    return { tokens, grammar: grammarOf(work, null), answer: answerOf(work, segments, null) };
  }

  async function prepareChat<Token>(
    work: GenerateWork,
    input: ChatInput,
    options: PrepareOptions<Token>,
  ): Promise<PreparedGeneration<Token>> {
    const { tokenize, contextSize, signal } = options;
    const tools = input.toolChoice === 'NONE' ? [] : input.tools;
    const template = await chooseTemplate({ ...input, tools }, signal);
    const isMistral = template.source.includes('[TOOL_CALLS]');
    const programs = template.isClients ? clients : own;
    const render = createPromptRenderer({ facts, template, programs, masking, callId: isMistral ? mistralCallId : (id) => id });
    const shape = { input: { ...input, tools }, template };
    const grammar = grammarOf(work, shape);
    const make = async (messages: ChatInput['messages']) => {
      const segments = await render(messages, tools, signal);
      if (grammar !== null) closeThinking(segments);
      return { segments, tokens: tokenize(segments) };
    };
    const roomForAnswer = Math.min(work.maxTokens ?? contextSize >> 2, contextSize >> 1);
    const { segments, tokens } =
      work.truncate === 'START'
        ? await fitConversation(input.messages, make, { contextSize, roomForAnswer })
        : requireFit(await make(input.messages), contextSize);
    return { tokens, grammar, answer: answerOf(work, segments, shape) };
  }

  function grammarOf({ responseFormat }: GenerateWork, shape: Shape | null): string | null {
    const { tools = [], toolChoice = 'NONE' } = shape?.input ?? {};
    return answerGrammar({ responseFormat, tools, toolChoice, toolFormat: formatOf(shape) });
  }

  function answerOf(work: GenerateWork, segments: readonly PromptSegment[], shape: Shape | null) {
    const definitions = shape?.input.tools ?? [];
    return createAnswer({
      echo: work.echo ? segments.map(({ text }) => text).join('') : '',
      stop: work.stop,
      tools: definitions.length > 0 ? { format: formatOf(shape), definitions, readsBare: true } : null,
      check: answerCheck(work.responseFormat, clients),
      newCallId: () => callIdOf(randomBytes(16)),
    });
  }

  return {
    async prepare(work, options) {
      if (options.signal.aborted) throw new CanceledError({ what: 'The request' });
      return work.input.type === 'prompt' ? preparePrompt(work, work.input.text, options) : prepareChat(work, work.input, options);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([own[Symbol.asyncDispose](), clients[Symbol.asyncDispose]()]);
    },
  };
}

interface Shape {
  input: ChatInput;
  template: ChosenTemplate;
}

function formatOf(shape: Shape | null) {
  return chooseToolFormat(shape?.template.source ?? '', { hasTools: shape?.template.traits.hasTools ?? false });
}

/** An answer in a fixed form has no place for thoughts: a template that begins some is told that they are over. */
function closeThinking(segments: PromptSegment[]): void {
  const last = segments.at(-1);
  if (last?.parsesSpecialTokens && /<think>\s*$/.test(last.text)) last.text = `${last.text.trimEnd()}\n\n</think>\n\n`;
}

/** Mistral's templates take ids of nine letters and digits only, so all ids are such. */
function callIdOf(bytes: Uint8Array): string {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
    .toString(36)
    .padStart(9, '0')
    .slice(-9);
}

function mistralCallId(id: string): string {
  return /^[a-zA-Z0-9]{9}$/.test(id) ? id : callIdOf(createHash('sha256').update(id).digest().subarray(0, 16));
}
