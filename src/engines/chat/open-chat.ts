import type { Chat, ChatFacts } from './chat.ts';

/** Makes the chat layer of one opened model. */
export function openChat(_facts: ChatFacts): Chat {
  throw new Error('The chat layer is on its way.');
}
