import { InvalidInputError } from '../errors.ts';
import type { ConversationMessage, Conversations } from '../models/conversations.ts';
import type { Model } from '../models/model.ts';
import type { GenerationEnd, GenerationEvent } from '../scheduler/scheduler.ts';
import type { GenerateRequest, RequestMessage } from './generate-work.ts';

/**
 * The request with what was said before in front of its messages; itself where it takes no part in the model's conversation.
 * Throws INVALID_INPUT for a raw prompt, which has no turns.
 */
export async function withConversation(
  conversations: Conversations,
  { id }: Pick<Model, 'id'>,
  request: GenerateRequest,
): Promise<GenerateRequest> {
  if (!request.conversation) return request;
  const { messages, system } = request;
  if (!messages)
    throw new InvalidInputError({ field: 'input.conversation', message: 'expected messages beside it: a raw prompt has no turns.' });
  const before = await conversations.get(id);
  return {
    ...request,
    system: system ?? before?.system ?? undefined,
    messages: [...(before?.messages ?? []), ...messages],
    // What was said long ago must not make every later answer impossible.
    truncate: request.truncate ?? 'START',
  };
}

type Write = (signal: AbortSignal, onEvent: (event: GenerationEvent) => void) => Promise<void>;

/**
 * Writes as `write` does. Before a whole answer's end is told, the turn is kept: what this request said, and what was answered; so the
 * next request finds it. A turn that cannot be kept fails nobody's answer.
 */
export function keepingTurn(
  conversations: Conversations,
  { id }: Pick<Model, 'id'>,
  { request, write }: { request: GenerateRequest; write: Write },
): Write {
  if (!request.conversation) return write;
  return async (signal, onEvent) => {
    let answer = '';
    let end: GenerationEnd | null = null;
    await write(signal, (event) => {
      if (event.type === 'text') answer += event.text;
      if (event.type === 'end') end = event;
      else onEvent(event);
    });
    const last = end as GenerationEnd | null;
    if (last && (last.reason === 'STOP' || last.reason === 'LENGTH')) {
      // A model that was deleted meanwhile has no conversation any more.
      await conversations.append(id, [...(request.messages ?? []).flatMap(spoken), { role: 'ASSISTANT', content: answer }]).catch(() => {});
    }
    if (last) onEvent(last);
  };
}

function spoken({ role, content }: RequestMessage): ConversationMessage[] {
  return role === 'USER' || role === 'ASSISTANT' ? [{ role, content }] : [];
}
