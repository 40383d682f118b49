import { InputTooLongError } from '../../errors.ts';
import type { ChatMessage } from '../generation.ts';

/** A prompt in tokens. */
interface Prompt<Token> {
  tokens: Token[];
}

/**
 * The prompt of as many of the latest turns as fit, with every system message: a turn is what a user says and all up to the next
 * time. `make` is asked a few times. Throws INPUT_TOO_LONG where not even the last turn fits.
 */
export async function fitConversation<Token, Made extends Prompt<Token>>(
  messages: readonly ChatMessage[],
  make: (messages: ChatMessage[]) => Promise<Made>,
  { contextSize, roomForAnswer }: { contextSize: number; roomForAnswer: number },
): Promise<Made> {
  const starts = messages.flatMap(({ role }, index) => (role === 'USER' ? [index] : []));
  const without = (turns: number) => {
    const from = starts[turns] ?? messages.length;
    return messages.filter(({ role }, index) => index >= from || role === 'SYSTEM');
  };
  const whole = await make([...messages]);
  if (whole.tokens.length + roomForAnswer <= contextSize) return whole;
  // The more turns go, the shorter it is: the first number of turns that is enough lies between these two.
  let tooFew = 0;
  let enough = starts.length - 1;
  if (enough < 1) return requireFit(whole, contextSize);
  let best = await make(without(enough));
  if (best.tokens.length + roomForAnswer > contextSize) return requireFit(best, contextSize);
  while (enough - tooFew > 1) {
    const middle = (tooFew + enough) >> 1;
    const made = await make(without(middle));
    if (made.tokens.length + roomForAnswer <= contextSize) {
      best = made;
      enough = middle;
    } else tooFew = middle;
  }
  return best;
}

/** Throws INPUT_TOO_LONG for a prompt that leaves no room for one token of an answer. */
export function requireFit<Token, Made extends Prompt<Token>>(prompt: Made, contextSize: number): Made {
  const { length } = prompt.tokens;
  if (length < contextSize) return prompt;
  throw new InputTooLongError({
    index: 0,
    tokens: length,
    limit: contextSize - 1,
    message: `The prompt has ${length} tokens; the context takes ${contextSize - 1} and one to write. Shorten it, ask for truncate: START with messages, or load the model with a larger contextSize.`,
  });
}
