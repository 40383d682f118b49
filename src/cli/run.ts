import type { Client } from './client.ts';
import type { Command } from './command.ts';
import { CommandError, ServerError } from './failures.ts';
import { followTask, startedTask } from './follow-task.ts';
import { FindGeneratorDocument, GenerateDocument, type GenerateInput, LoadModelDocument } from './operations.generated.ts';
import type { Terminal } from './terminal.ts';

type ChatMessage = NonNullable<GenerateInput['messages']>[number];

interface Context {
  client: Client;
  terminal: Terminal;
  signal: AbortSignal;
}

/** Writes with a model: answers the prompt, or chats where there is none. A model that is not here is fetched first. */
export const run: Command = {
  name: 'run',
  usage: '<model> [prompt] [--system <text>] [--max-tokens <count>]',
  about: 'Write with a model; a chat where no prompt is given.',
  words: { least: 1, most: 2 },
  options: ['system', 'max-tokens'],
  async run({ words: [model = '', prompt], options, client, terminal, signal }) {
    const context = { client: client(), terminal, signal };
    const { name, canChat } = await prepare(model, context);
    const limit = options['max-tokens'];
    if (limit !== undefined && !/^[1-9]\d*$/.test(limit))
      throw new CommandError(`--max-tokens: expected a whole number from 1, got ${limit}.`);
    const common = { model: name, ...(limit === undefined ? {} : { maxTokens: Number(limit) }) };
    const system = options.system === undefined ? {} : { system: options.system };
    if (!canChat) {
      if (prompt === undefined) throw new CommandError(`${name} does not chat: it has no template. Give a prompt to go on from.`);
      await write({ ...common, prompt }, context);
      return;
    }
    if (prompt !== undefined) await write({ ...common, ...system, messages: [{ role: 'USER', content: prompt }] }, context);
    else await chat({ ...common, ...system }, context);
  },
};

/** Finds the model, or its repository, and takes it into memory. */
async function prepare(model: string, context: Context): Promise<{ name: string; canChat: boolean }> {
  const { client, signal } = context;
  const found = await find(model, context);
  const input = found?.installed ? { name: found.name } : { source: { repository: model }, downloadIfMissing: true };
  const task = startedTask((await client.execute(LoadModelDocument, { input }, signal)).loadModel);
  await followTask(task, context);
  const loaded = await find(model, context);
  if (!loaded) throw new CommandError(`There is no model ${JSON.stringify(model)} on the server.`);
  const { name, capabilities } = loaded;
  if (!capabilities.includes('GENERATE_TEXT') && !capabilities.includes('CHAT')) {
    throw new CommandError(`${name} does not write; it can: ${capabilities.join(', ')}.`);
  }
  return { name, canChat: capabilities.includes('CHAT') };
}

async function find(name: string, { client, signal }: Context) {
  try {
    return (await client.execute(FindGeneratorDocument, { name }, signal)).model;
  } catch (error) {
    if (error instanceof ServerError && (error.code === 'MODEL_NOT_FOUND' || error.code === 'INVALID_INPUT')) return null;
    throw error;
  }
}

/** A question a line, until the lines end; the answers are part of what is asked next. */
async function chat(input: GenerateInput, context: Context): Promise<void> {
  const messages: ChatMessage[] = [];
  for await (const line of context.terminal.questions('>>> ', context.signal)) {
    if (line.trim() === '') continue;
    if (line.trim() === '/bye') return;
    messages.push({ role: 'USER', content: line });
    messages.push({ role: 'ASSISTANT', content: await write({ ...input, messages, truncate: 'START' }, context) });
  }
}

/** Shows an answer as it is written, and answers it whole. Throws `ServerError` where it failed. */
async function write(input: GenerateInput, { client, terminal, signal }: Context): Promise<string> {
  let text = '';
  for await (const { generate } of client.subscribe(GenerateDocument, { input }, signal)) {
    if (generate?.__typename === 'TextDelta') {
      text += generate.text;
      terminal.write(generate.text);
    }
    if (generate?.__typename === 'GenerationEnd') {
      if (!text.endsWith('\n')) terminal.write('\n');
      if (generate.error) throw new ServerError(generate.error);
      return text;
    }
  }
  signal.throwIfAborted();
  throw new CommandError('The server ended the answer early.');
}
