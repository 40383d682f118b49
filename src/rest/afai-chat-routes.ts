import { detail, failureOf, isMissing, otherFailure } from './afai-errors.ts';
import { findModel } from './afai-model-routes.ts';
import { modelRequest, systemPromptRequest } from './afai-requests.ts';
import { allNodes } from './all-nodes.ts';
import {
  AfaiClearConversationDocument,
  AfaiConversationsDocument,
  type AfaiModelFragment,
  AfaiSetConversationDocument,
} from './operations.generated.ts';
import { type Answer, customRoute, type Execute, type Route } from './route.ts';

const done: Answer = { status: 200, body: null };
const common = { query: null, reads: 'MIXED', onError: otherFailure } as const;

/** AFAI's endpoints for what is said with a model. */
export const chatRoutes: readonly Route[] = [
  customRoute({
    ...common,
    method: 'DELETE',
    path: '/chat/clearchat',
    operationId: 'clearChat',
    summary: 'Forgets what was said with a model.',
    body: modelRequest,
    run: (execute, { body: { model_name: name }, signal }) =>
      answering(name, async () => failureOf((await execute(AfaiClearConversationDocument, { name }, signal)).clearConversation)),
  }),
  customRoute({
    ...common,
    method: 'POST',
    path: '/chat/addsystemprompt',
    operationId: 'addSystemPrompt',
    summary: 'Sets what goes in front of every answer of a model.',
    body: systemPromptRequest,
    run: (execute, { body: { model_name: name, system_prompt: system }, signal }) =>
      answering(name, async () =>
        failureOf((await execute(AfaiSetConversationDocument, { input: { name, system } }, signal)).setConversation),
      ),
  }),
  customRoute({
    ...common,
    method: 'POST',
    path: '/chat/updatemodelchat',
    operationId: 'updateModelChat',
    summary: 'Says that the model goes on from what is kept, which it does by itself.',
    body: modelRequest,
    run: async (execute, { body: { model_name: name }, signal }) =>
      (await findModel(execute, name, signal)) ? done : detail(404, `model '${name}' not found`),
  }),
  customRoute({
    ...common,
    method: 'GET',
    path: '/chat/getchathistory',
    operationId: 'getChatHistory',
    summary: 'What was said with a model, or with each model.',
    body: modelRequest.partial(),
    async run(execute, { body: { model_name: name }, signal }) {
      if (name === undefined) return { status: 200, body: Object.fromEntries((await allModels(execute, signal)).map(history)) };
      const model = await findModel(execute, name, signal);
      return model ? { status: 200, body: Object.fromEntries([[name, history(model)[1]]]) } : detail(404, `model '${name}' not found`);
    },
  }),
];

function history({ name, conversation }: AfaiModelFragment): [string, { role: string; content: string }[]] {
  const { system = null, messages = [] } = conversation ?? {};
  const said = messages.map(({ role, content }) => ({ role: role.toLowerCase(), content }));
  return [name, system === null ? said : [{ role: 'system', content: system }, ...said]];
}

/** Every model with which something was said. */
async function allModels(execute: Execute, signal: AbortSignal): Promise<AfaiModelFragment[]> {
  const models = await allNodes(async (after) => (await execute(AfaiConversationsDocument, { after }, signal)).models);
  return models.filter(({ conversation }) => conversation !== null);
}

async function answering(
  name: string,
  act: () => Promise<{ code: Parameters<typeof otherFailure>[0]['code']; message: string } | null>,
): Promise<Answer> {
  const missing = detail(404, `model '${name}' not found`);
  try {
    const failure = await act();
    if (failure?.code === 'MODEL_NOT_FOUND') return missing;
    return failure ? otherFailure(failure) : done;
  } catch (error) {
    if (isMissing(error)) return missing;
    throw error;
  }
}
