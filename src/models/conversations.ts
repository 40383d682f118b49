import type { Clock } from '../clock.ts';
import { InvalidInputError, ModelNotFoundError } from '../errors.ts';
import type { Database } from '../storage/database.ts';
import { createExclusive } from './exclusive.ts';

/** What was said with a model so far. It is kept until it is cleared, or its model deleted. */
export interface Conversation {
  modelId: string;
  /** Said by whoever set it up; goes in front of every answer. Null for nothing. */
  system: string | null;
  /** Oldest first, a turn of each in turn. */
  messages: ConversationMessage[];
  updatedAt: Date;
}

export interface ConversationMessage {
  role: 'USER' | 'ASSISTANT';
  content: string;
}

/** Bounds of what is kept of one conversation: the oldest turns go first. */
const conversationLimits = { messages: 400, characters: 1_000_000, systemCharacters: 100_000 } as const;

/** The conversations of this server, one a model. What writes resolves once it is on disk. */
export interface Conversations {
  /** Null where nothing was said. */
  get(modelId: string): Promise<Conversation | null>;
  /** Changes what is given, and keeps the rest. Throws INVALID_INPUT for what is too long, MODEL_NOT_FOUND for a model without an entry. */
  set(modelId: string, changes: { system?: string | null; messages?: readonly ConversationMessage[] }): Promise<Conversation>;
  /** Adds a turn; the oldest go where there are too many. */
  append(modelId: string, turn: readonly ConversationMessage[]): Promise<void>;
  /** Forgets what was said, and who set it up unless that is kept. No effect where nothing was. */
  clear(modelId: string, options: { keepsSystem: boolean }): Promise<void>;
}

export function createConversations({ database: { kysely, write }, clock }: { database: Database; clock: Clock }): Conversations {
  const exclusive = createExclusive();

  async function get(modelId: string): Promise<Conversation | null> {
    const row = await kysely.selectFrom('conversations').selectAll().where('model_id', '=', modelId).executeTakeFirst();
    return row ? { modelId, system: row.system, messages: JSON.parse(row.messages), updatedAt: new Date(row.updated_at) } : null;
  }

  async function put(conversation: Conversation): Promise<Conversation> {
    const { modelId, system, messages, updatedAt } = conversation;
    const row = { model_id: modelId, system, messages: JSON.stringify(messages), updated_at: updatedAt.toISOString() };
    await write(async (transaction) => {
      const model = await transaction.selectFrom('models').select('id').where('id', '=', modelId).executeTakeFirst();
      if (!model) throw new ModelNotFoundError({ name: modelId });
      await transaction
        .insertInto('conversations')
        .values(row)
        .onConflict((conflict) => conflict.column('model_id').doUpdateSet(row))
        .execute();
    });
    return conversation;
  }

  return {
    get,
    set: (modelId, { system, messages }) =>
      exclusive(async () => {
        if ((system?.length ?? 0) > conversationLimits.systemCharacters) throw tooLong('input.system', conversationLimits.systemCharacters);
        if (messages && messages.length > conversationLimits.messages) {
          throw new InvalidInputError({
            field: 'input.messages',
            message: `expected at most ${conversationLimits.messages} messages, got ${messages.length}.`,
          });
        }
        if (messages && charactersOf(messages) > conversationLimits.characters)
          throw tooLong('input.messages', conversationLimits.characters);
        const before = await get(modelId);
        return put({
          modelId,
          system: system === undefined ? (before?.system ?? null) : system,
          messages: messages ? [...messages] : (before?.messages ?? []),
          updatedAt: clock.now(),
        });
      }),
    append: (modelId, turn) =>
      exclusive(async () => {
        const before = await get(modelId);
        await put({
          modelId,
          system: before?.system ?? null,
          messages: bounded([...(before?.messages ?? []), ...turn]),
          updatedAt: clock.now(),
        });
      }),
    clear: (modelId, { keepsSystem }) =>
      exclusive(async () => {
        const before = await get(modelId);
        if (keepsSystem && before?.system) await put({ ...before, messages: [], updatedAt: clock.now() });
        else await write((transaction) => transaction.deleteFrom('conversations').where('model_id', '=', modelId).execute());
      }),
  };
}

/** The newest turns that are within bounds; what is kept begins with the user, as templates want it. */
function bounded(messages: ConversationMessage[]): ConversationMessage[] {
  let start = Math.max(0, messages.length - conversationLimits.messages);
  let characters = charactersOf(messages.slice(start));
  while (start < messages.length && (characters > conversationLimits.characters || messages[start]?.role === 'ASSISTANT')) {
    characters -= messages[start]?.content.length ?? 0;
    start += 1;
  }
  return messages.slice(start);
}

function charactersOf(messages: readonly ConversationMessage[]): number {
  return messages.reduce((sum, { content }) => sum + content.length, 0);
}

function tooLong(field: string, most: number): InvalidInputError {
  return new InvalidInputError({ field, message: `expected at most ${most} characters.` });
}
