import { createHash, randomBytes } from 'node:crypto';
import { CanceledError, InvalidInputError } from '../../errors.ts';
import type { GenerateWork, GenerationInput } from '../generation.ts';
import { createAnswer } from './answer.ts';
import type { AnswerShape } from './answer-grammar.ts';
import type { Chat, ChatFacts, PreparedGeneration, PrepareOptions, PromptSegment } from './chat.ts';
import { answerCheck } from './check-answer.ts';
import { chatMlTemplate } from './default-template.ts';
import { fitConversation, requireFit } from './fit-prompt.ts';
import { createGrammarGuard, type GrammarGuard, grammarError } from './grammar/grammar-guard.ts';
import { createProgramRunner, ProgramFailure, type ProgramRunner, type ProgramRunnerOptions } from './program-runner.ts';
import { type ChosenTemplate, createPromptRenderer, templateTraits } from './render-prompt.ts';
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

  async function preparePrompt<Token>(
    work: GenerateWork,
    text: string,
    { tokenize, contextSize, signal }: PrepareOptions<Token>,
  ): Promise<PreparedGeneration<Token>> {
    const segments = text === '' ? [] : [{ text, parsesSpecialTokens: true }];
    const { tokens } = requireFit({ tokens: await tokenize(segments, [...(work.images ?? []).keys()]) }, contextSize);
    const bound = await boundOf(work, null, signal);
    return { tokens, grammar: bound?.grammar ?? null, answer: answerOf(work, { segments, shape: null, bound }) };
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
    const bound = await boundOf(work, shape, signal);
    const make = async (messages: ChatInput['messages']) => {
      const segments = await render(messages, tools, signal);
      if (bound) closeThinking(segments);
      return {
        segments,
        tokens: await tokenize(
          segments,
          messages.flatMap(({ images = [] }) => images),
        ),
      };
    };
    const roomForAnswer = Math.min(work.maxTokens ?? contextSize >> 2, contextSize >> 1);
    const { segments, tokens } =
      work.truncate === 'START'
        ? await fitConversation(input.messages, make, { contextSize, roomForAnswer })
        : requireFit(await make(input.messages), contextSize);
    return { tokens, grammar: bound?.grammar ?? null, answer: answerOf(work, { segments, shape, bound }) };
  }

  /** The grammar of an answer, and what follows it; null where nothing binds it. */
  async function boundOf({ responseFormat }: GenerateWork, shape: Shape | null, signal: AbortSignal): Promise<Bound | null> {
    const { tools = [], toolChoice = 'NONE' } = shape?.input ?? {};
    if (responseFormat === null && (toolChoice === 'AUTO' || toolChoice === 'NONE')) return null;
    const toolGrammar = formatOf(shape).grammar;
    const grammar = await grammarOf(clients, { responseFormat, tools, toolChoice, toolGrammar }, signal);
    try {
      return grammar === null ? null : { grammar, guard: createGrammarGuard(grammar) };
    } catch (error) {
      throw error instanceof RangeError ? grammarError(error) : error;
    }
  }

  function answerOf(
    work: GenerateWork,
    { segments, shape, bound }: { segments: readonly PromptSegment[]; shape: Shape | null; bound: Bound | null },
  ) {
    const definitions = shape?.input.tools ?? [];
    return createAnswer({
      echo: work.echo ? segments.map(({ text }) => text).join('') : '',
      stop: work.stop,
      tools: definitions.length > 0 ? { format: formatOf(shape), definitions, readsBare: true } : null,
      check: answerCheck(work.responseFormat, clients),
      guard: bound?.guard ?? null,
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

interface Bound {
  grammar: string;
  guard: GrammarGuard;
}

interface Shape {
  input: ChatInput;
  template: ChosenTemplate;
}

function formatOf(shape: Shape | null) {
  return chooseToolFormat(shape?.template.source ?? '', { hasTools: shape?.template.traits.hasTools ?? false });
}

async function grammarOf(programs: ProgramRunner, shape: AnswerShape, signal: AbortSignal): Promise<string | null> {
  try {
    return await programs.run({ type: 'grammar', shape }, signal);
  } catch (error) {
    if (!(error instanceof ProgramFailure)) throw error;
    throw new InvalidInputError({
      field: 'input.responseFormat',
      message: `its schema could not be made a grammar: ${error.message.slice(0, 500)}.`,
    });
  }
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
