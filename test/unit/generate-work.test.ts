import { describe, expect, it } from 'vitest';
import { generateWork, type WorkRequest } from '../../src/inference/generate-work.ts';

const work = (request: Partial<WorkRequest>) => generateWork({ model: 'm', ...request });
const message = { role: 'USER' as const, content: 'Hello' };
const tool = { name: 'look', description: null, parameters: null };
const deep = JSON.parse(`${'{"a":'.repeat(150)}1${'}'.repeat(150)}`);

describe('a request', () => {
  it('has the defaults of llama.cpp, without penalties', () => {
    expect(work({ prompt: 'x' })).toEqual({
      kind: 'generate',
      input: { type: 'prompt', text: 'x' },
      maxTokens: null,
      sampling: {
        temperature: 0.8,
        topP: 0.95,
        topK: 40,
        minP: 0.05,
        seed: null,
        repeatPenalty: 1,
        presencePenalty: 0,
        frequencyPenalty: 0,
      },
      stop: [],
      responseFormat: null,
      logprobs: null,
      echo: false,
      truncate: 'NONE',
    });
  });

  it('has its system message in front of the others', () => {
    expect(work({ messages: [message], system: 's' }).input).toMatchObject({
      messages: [{ role: 'SYSTEM', content: 's' }, message],
      toolChoice: 'AUTO',
    });
  });

  const number = { prompt: 'x' };
  it.each<[field: string, request: Partial<WorkRequest>]>([
    ['prompt', {}],
    ['prompt', { prompt: 'x', messages: [message] }],
    ['prompt', { prompt: 'x'.repeat(4 * 1024 ** 2 + 1) }],
    ['system', { prompt: 'x', system: 's' }],
    ['template', { prompt: 'x', template: 't' }],
    ['tools', { prompt: 'x', tools: [tool] }],
    ['toolChoice', { prompt: 'x', toolChoice: 'NONE' }],
    ['truncate', { prompt: 'x', truncate: 'START' }],
    ...[Number.NaN, -0.1, 5.1, Number.POSITIVE_INFINITY].map(
      (temperature) => ['temperature', { ...number, temperature }] as [string, object],
    ),
    ...[Number.NaN, -0.1, 1.1].map((topP) => ['topP', { ...number, topP }] as [string, object]),
    ...[Number.NaN, -1, 1.5, 1e7].map((topK) => ['topK', { ...number, topK }] as [string, object]),
    ...[Number.NaN, -0.1, 1.1].map((minP) => ['minP', { ...number, minP }] as [string, object]),
    ...[Number.NaN, -1, 0.5, 2 ** 32].map((seed) => ['seed', { ...number, seed }] as [string, object]),
    ...[Number.NaN, 0, -1, 1.5, 1e9].map((maxTokens) => ['maxTokens', { ...number, maxTokens }] as [string, object]),
    ...[Number.NaN, 0, -1, 11].map((repeatPenalty) => ['repeatPenalty', { ...number, repeatPenalty }] as [string, object]),
    ...[Number.NaN, -2.1, 2.1].map((presencePenalty) => ['presencePenalty', { ...number, presencePenalty }] as [string, object]),
    ...[Number.NaN, -2.1, 2.1].map((frequencyPenalty) => ['frequencyPenalty', { ...number, frequencyPenalty }] as [string, object]),
    ...[Number.NaN, -1, 21, 0.5].map((logprobs) => ['logprobs', { ...number, logprobs }] as [string, object]),
    ['stop', { prompt: 'x', stop: Array.from({ length: 17 }, () => 'a') }],
    ['stop[1]', { prompt: 'x', stop: ['a', ''] }],
    ['stop[0]', { prompt: 'x', stop: ['\ud83d'] }],
    ['stop[0]', { prompt: 'x', stop: ['a'.repeat(257)] }],
    ['messages', { messages: [] }],
    ['messages', { messages: Array.from({ length: 2001 }, () => message) }],
    ['messages[1]', { messages: [message, { role: 'USER', content: 'x'.repeat(4 * 1024 ** 2) }] }],
    ['messages[0].toolCalls', { messages: [{ ...message, toolCalls: [{ id: 'a', name: 'b', arguments: '{}' }] }] }],
    [
      'messages[0].toolCalls[0].arguments',
      { messages: [{ role: 'ASSISTANT', content: '', toolCalls: [{ id: 'a', name: 'b', arguments: '[]' }] }] },
    ],
    [
      'messages[0].toolCalls[0].arguments',
      { messages: [{ role: 'ASSISTANT', content: '', toolCalls: [{ id: 'a', name: 'b', arguments: '{' }] }] },
    ],
    [
      'messages[0].toolCalls[0].name',
      { messages: [{ role: 'ASSISTANT', content: '', toolCalls: [{ id: 'a', name: '<|x|>', arguments: '{}' }] }] },
    ],
    ['messages[0].toolCallId', { messages: [{ ...message, toolCallId: 'a' }] }],
    ['messages[0].name', { messages: [{ ...message, name: 'a b' }] }],
    ['system', { messages: [message], system: 'x'.repeat(4 * 1024 ** 2 + 1) }],
    ['template', { messages: [message], template: 'x'.repeat(256 * 1024 + 1) }],
    ['tools', { messages: [message], tools: Array.from({ length: 129 }, (_, index) => ({ ...tool, name: `t${index}` })) }],
    ['tools', { messages: [message], tools: [{ ...tool, description: 'x'.repeat(256 * 1024 + 1) }] }],
    ['tools[0].name', { messages: [message], tools: [{ ...tool, name: 'a"b' }] }],
    ['tools[1].name', { messages: [message], tools: [tool, tool] }],
    ['tools[0].parameters', { messages: [message], tools: [{ ...tool, parameters: { type: 'string' } }] }],
    ['tools[0].parameters', { messages: [message], tools: [{ ...tool, parameters: deep }] }],
    ['toolChoice', { messages: [message], toolChoice: 'REQUIRED' }],
    ['toolChoice.name', { messages: [message], tools: [tool], toolChoice: { name: 'other' } }],
    ['responseFormat', { messages: [message], tools: [tool], toolChoice: 'REQUIRED', responseFormat: { type: 'json' } }],
    ['responseFormat.grammar', { prompt: 'x', responseFormat: { type: 'gbnf', grammar: ' ' } }],
    ['responseFormat.grammar', { prompt: 'x', responseFormat: { type: 'gbnf', grammar: 'x'.repeat(256 * 1024 + 1) } }],
    ['responseFormat.grammar', { messages: [message], tools: [tool], responseFormat: { type: 'gbnf', grammar: 'root ::= "a"' } }],
    ['responseFormat.jsonSchema', { prompt: 'x', responseFormat: { type: 'jsonSchema', schema: deep } }],
    [
      'responseFormat.jsonSchema',
      { prompt: 'x', responseFormat: { type: 'jsonSchema', schema: { description: 'x'.repeat(256 * 1024 + 1) } } },
    ],
  ])('%# is INVALID_INPUT that names input.%s', (field, request) => {
    expect(() => work(request)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', field: `input.${field}` }));
  });
});
