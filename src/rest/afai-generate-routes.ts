import { detail, otherFailure } from './afai-errors.ts';
import { imageInputs } from './afai-images.ts';
import { findModel } from './afai-model-routes.ts';
import { imageTextRequest, type TextRequest, textRequest } from './afai-requests.ts';
import {
  AfaiGenerateDocument,
  type AfaiGenerateSubscription,
  type AfaiModelFragment,
  type GenerateInput,
  type ImageInput,
} from './operations.generated.ts';
import { type Answer, customRoute, DocumentFailedError, type Execute, type Route, type Subscribe } from './route.ts';

const defaultMaxTokens = 1024;
const defaultMaxTokensOfImages = 2048;

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
    run: (execute, { body, signal }, subscribe) => write(body, { execute, subscribe, signal, images: [] }),
  }),
  customRoute({
    method: 'POST',
    path: '/generate/fromimagetext',
    operationId: 'generateFromImageText',
    summary: 'Answers a prompt about images: files of a form, addresses or data URIs. Otherwise as /generate/fromtext.',
    body: imageTextRequest,
    query: null,
    reads: 'MIXED',
    onError: otherFailure,
    run: (execute, { body: { max_new_tokens, ...body }, signal }, subscribe) =>
      write(
        { ...body, max_new_tokens: max_new_tokens ?? defaultMaxTokensOfImages },
        { execute, subscribe, signal, images: imageInputs(body) },
      ),
  }),
];

interface WriteOptions {
  execute: Execute;
  subscribe: Subscribe;
  signal: AbortSignal;
  images: readonly ImageInput[];
}

async function write(body: TextRequest, { execute, subscribe, signal, images }: WriteOptions): Promise<Answer> {
  const { model_name: name } = body;
  const model = await findModel(execute, name, signal);
  if (model?.runtime?.state !== 'READY') return detail(404, `Model ${name} is not launched`);
  if (!writes(model)) return detail(403, `Type error: model ${name} does not generate text.`);
  if (images.length > 0 && !model.capabilities.includes('GENERATE_FROM_IMAGE')) {
    return detail(403, `Type error: model ${name} does not take images; it has ${model.capabilities.join(', ')}.`);
  }
  const events = subscribe(AfaiGenerateDocument, { input: generateInput(body, model, images) }, signal);
  // What fails before the first token has a status of its own: it is waited for.
  const first = await events.next();
  return { status: 200, body: undefined, headers, stream: texts(first, events) };
}

/** The type is the upstream's, though the body is bare text: there is no `data:`, and whoever parses events finds none. */
const headers = { 'content-type': 'text/event-stream; charset=utf-8' };

function writes({ capabilities }: AfaiModelFragment): boolean {
  return capabilities.includes('GENERATE_TEXT') || capabilities.includes('CHAT');
}

/** A model that chats goes on from what was said with it; any other goes on from the prompt alone. */
function generateInput(
  { model_name: model, prompt, max_new_tokens }: TextRequest,
  { capabilities }: AfaiModelFragment,
  images: readonly ImageInput[],
): GenerateInput {
  const common = { model, maxTokens: max_new_tokens ?? defaultMaxTokens, ...(images.length > 0 ? { images: [...images] } : {}) };
  if (!capabilities.includes('CHAT')) return { ...common, prompt };
  return { ...common, messages: [{ role: 'USER', content: prompt }], conversation: true };
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
