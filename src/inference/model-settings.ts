import type { Model } from '../models/model.ts';
import type { GenerateRequest, RequestMessage } from './generate-work.ts';

/** The request with what the model does unless a request says otherwise. A raw prompt gets no system, template or messages. */
export function withSettings({ settings }: Pick<Model, 'settings'>, request: GenerateRequest): GenerateRequest {
  const { parameters = {}, template, system, messages = [] } = settings;
  const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)) as unknown as GenerateRequest;
  const withParameters = { ...parameters, ...given };
  if (!request.messages) return withParameters;
  const inFront = messages.map(({ role, content }): RequestMessage => ({ role, content }));
  return {
    ...(template === undefined ? {} : { template }),
    ...(system === undefined || request.messages.some(({ role }) => role === 'SYSTEM') ? {} : { system }),
    ...withParameters,
    messages: [...inFront, ...request.messages],
  };
}
