import { CanceledError, InvalidInputError } from '../errors.ts';
import type { Conversations } from '../models/conversations.ts';
import type { Model } from '../models/model.ts';
import type { GenerateWork, GenerationEnd, GenerationEvent, TextDelta, ToolCall } from '../scheduler/scheduler.ts';
import { capableModel, type InferenceDependencies } from './capable-model.ts';
import { keepingTurn, withConversation } from './conversation.ts';
import { requireAbilities } from './generate-abilities.ts';
import { type GenerateRequest, generateWork } from './generate-work.ts';
import { numberImages, readAllImages } from './generation-images.ts';
import type { Generations } from './generations.ts';
import { withSettings } from './model-settings.ts';

/** What the use case works with. */
export interface GenerateDependencies extends Pick<InferenceDependencies, 'catalogue' | 'scheduler' | 'images'> {
  generations: Generations;
  conversations: Conversations;
  /** Runs it; where the model is not ready but on its way, the failure tells of the task. */
  whenReady<Answer>(name: string, run: () => Promise<Answer>): Promise<Answer>;
}

/** A generation that has begun. */
export interface GenerationStream {
  id: string;
  model: Model;
  /** Any number of deltas, then exactly one end. What fails before any of them is thrown by the first `next()`. */
  events: AsyncIterableIterator<GenerationEvent>;
}

/** A whole answer. */
export interface GenerationAnswer extends Pick<GenerationEnd, 'reason' | 'usage' | 'timing'> {
  id: string;
  model: Model;
  text: string;
  toolCalls: ToolCall[];
  /** Where they were asked for. */
  logprobs: NonNullable<TextDelta['logprobs']> | null;
}

/**
 * Begins to write. The signal ends it, unless it is detached. Throws MODEL_NOT_FOUND, MODEL_NOT_LOADED, UNSUPPORTED_CAPABILITY,
 * INVALID_INPUT, OVERLOADED; the first `next()` throws MODEL_LOADING, INVALID_IMAGE, INPUT_TOO_LONG, RUNNER_CRASHED and what else comes before a delta.
 */
export async function streamGeneration(
  dependencies: GenerateDependencies,
  request: GenerateRequest,
  signal: AbortSignal,
): Promise<GenerationStream> {
  const { catalogue, scheduler, conversations, generations, images, whenReady } = dependencies;
  requireUuid(request.id);
  const stored = await catalogue.require({ name: request.model });
  const shown = numberImages(withSettings(stored, await withConversation(conversations, stored, request)));
  const work = generateWork(shown.request);
  const isChat = work.input.type === 'chat' && work.input.template === null;
  const model = isChat
    ? capableModel(dependencies, stored, {
        capability: 'CHAT',
        wanted: 'answer messages',
        hint: 'Where it has GENERATE_TEXT, give a prompt, or a template for the messages.',
      })
    : capableModel(dependencies, stored, { capability: 'GENERATE_TEXT', wanted: 'generate text' });
  requireAbilities(model, work);
  if (shown.wanted.length > 0) {
    capableModel(dependencies, stored, { capability: 'GENERATE_FROM_IMAGE', wanted: 'look at images' });
    images.check(shown.wanted, shown.fieldOf);
  }
  const run = (withImages: GenerateWork, stopped: AbortSignal, onEvent: (event: GenerationEvent) => void) =>
    whenReady(model.name, () => scheduler.generate(model.id, withImages, { signal: stopped, modelName: model.name, onEvent }));
  const { id, events } = generations.start({
    id: request.id ?? null,
    detached: request.detached ?? false,
    signal,
    write: keepingTurn(conversations, model, {
      request,
      write: async (stopped, onEvent) => {
        if (shown.wanted.length === 0) return run(work, stopped, onEvent);
        return run({ ...work, images: await readAllImages(images, shown.wanted, stopped) }, stopped, onEvent);
      },
    }),
  });
  return { id, model, events };
}

/** Waits for the whole answer. Throws what `streamGeneration` throws, and what ends an answer with ERROR; CANCELED once the signal aborts. */
export async function generate(
  dependencies: GenerateDependencies,
  request: GenerateRequest,
  signal: AbortSignal,
): Promise<GenerationAnswer> {
  const { id, model, events } = await streamGeneration(dependencies, request, signal);
  let text = '';
  const toolCalls: ToolCall[] = [];
  let logprobs: GenerationAnswer['logprobs'] = request.logprobs === undefined ? null : [];
  for await (const event of events) {
    if (event.type === 'text') {
      text += event.text;
      if (event.logprobs) logprobs = [...(logprobs ?? []), ...event.logprobs];
    } else if (event.type === 'toolCall') toolCalls.push(event.call);
    else {
      if (event.error) throw event.error;
      const { reason, usage, timing } = event;
      return { id, model, text, toolCalls, logprobs, reason, usage, timing };
    }
  }
  // Whoever leaves does not wait for the end.
  throw new CanceledError({ what: 'The generation' });
}

function requireUuid(id: string | undefined): void {
  if (id === undefined || /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return;
  throw new InvalidInputError({ field: 'input.id', message: 'expected a UUID in lower case.' });
}
