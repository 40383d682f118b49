import { detail, otherFailure } from './afai-errors.ts';
import { findModel } from './afai-model-routes.ts';
import { type TextRequest, textRequest } from './afai-requests.ts';
import { AfaiGenerateDocument, type AfaiGenerateSubscription, type AfaiModelFragment, type GenerateInput } from './operations.generated.ts';
import { type Answer, customRoute, DocumentFailedError, type Route } from './route.ts';

const defaultMaxTokens = 1024;

/** AFAI's endpoints that write. */
export const generateRoutes: readonly Route[] = [
  customRoute({
    method: 'POST',
    path: '/generate/fromtext',
    operationId: 'generateFromText',
    summary: 'Answers a prompt: the bare text as it is written. What was said with the model before is part of it.',
    body: textRequest,
    query: null,
    reads: 'MIXED',
    onError: otherFailure,
    async run(execute, { body, signal }, subscribe): Promise<Answer> {
      const { model_name: name } = body;
      const model = await findModel(execute, name, signal);
      if (model?.runtime?.state !== 'READY') return detail(404, `Model ${name} is not launched`);
      if (!writes(model)) return detail(403, `Type error: model ${name} does not generate text.`);
      const events = subscribe(AfaiGenerateDocument, { input: generateInput(body, model) }, signal);
      // What fails before the first token has a status of its own: it is waited for.
      const first = await events.next();
      return { status: 200, body: undefined, headers, stream: texts(first, events) };
    },
  }),
];

/** The type is the upstream's, though the body is bare text: there is no `data:`, and whoever parses events finds none. */
const headers = { 'content-type': 'text/event-stream; charset=utf-8' };

function writes({ capabilities }: AfaiModelFragment): boolean {
  return capabilities.includes('GENERATE_TEXT') || capabilities.includes('CHAT');
}

/** A model that chats goes on from what was said with it; any other goes on from the prompt alone. */
function generateInput({ model_name: model, prompt, max_new_tokens }: TextRequest, { capabilities }: AfaiModelFragment): GenerateInput {
  const maxTokens = max_new_tokens ?? defaultMaxTokens;
  if (!capabilities.includes('CHAT')) return { model, prompt, maxTokens };
  return { model, messages: [{ role: 'USER', content: prompt }], conversation: true, maxTokens };
}

/** The pieces of the answer. A failure on the way cuts the connection, as half an answer must not look like a whole one. */
async function* texts(
  first: IteratorResult<AfaiGenerateSubscription>,
  rest: AsyncIterableIterator<AfaiGenerateSubscription>,
): AsyncGenerator<string> {
  try {
    for (let step = first; !step.done; step = await rest.next()) {
      const event = step.value.generate;
      if (event?.__typename === 'TextDelta') yield event.text;
      if (event?.__typename === 'GenerationEnd' && event.error) throw new DocumentFailedError({ ...event.error, fields: {} });
      if (event?.__typename === 'GenerationEnd') return;
    }
  } finally {
    await rest.return?.();
  }
}
