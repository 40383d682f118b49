import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnswer } from '../../src/engines/chat/answer.ts';
import type { AnswerCause } from '../../src/engines/chat/chat.ts';
import { chooseToolFormat } from '../../src/engines/chat/tools/choose-format.ts';
import { deepseekBareFormat, deepseekFormat } from '../../src/engines/chat/tools/deepseek.ts';
import { hermesFormat, taggedFormat } from '../../src/engines/chat/tools/hermes.ts';
import { llamaFormat } from '../../src/engines/chat/tools/llama.ts';
import { mistralFormat, mistralNamedFormat } from '../../src/engines/chat/tools/mistral.ts';
import type { ToolFormat } from '../../src/engines/chat/tools/tool-format.ts';
import type { ToolDefinition } from '../../src/engines/generation.ts';
import { chatTemplates } from '../support/chat-templates.ts';

const definitions: ToolDefinition[] = [
  {
    name: 'weather',
    description: null,
    parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } } },
  },
  { name: 'time', description: null, parameters: null },
  { name: 'python', description: null, parameters: null },
];
const oslo = '{"city":"Oslo"}';

/** What comes of an answer that arrives in pieces: text, and calls as `name(arguments)`. */
async function read(
  format: ToolFormat,
  pieces: readonly string[],
  { cause = 'eog', stop = [] }: { cause?: AnswerCause; stop?: string[] } = {},
) {
  let ids = 0;
  const tools = { format, definitions, readsBare: true };
  const answer = createAnswer({ echo: '', stop, tools, check: null, guard: null, newCallId: () => `id${ids++}` });
  const deltas = [];
  for (const piece of pieces) deltas.push(...answer.push({ bytes: Buffer.from(piece), isControl: false }).deltas);
  const end = await answer.end(cause);
  deltas.push(...end.deltas);
  return {
    text: deltas.map((delta) => (delta.type === 'text' ? delta.text : '')).join(''),
    calls: deltas.flatMap((delta) => (delta.type === 'toolCall' ? `${delta.call.name}(${delta.call.arguments})` : [])),
    reason: end.reason,
    indexes: deltas.map(({ index }) => index),
  };
}

const weather = `weather(${oslo})`;
const answers: [name: string, format: ToolFormat, answer: string, text: string, calls: string[]][] = [
  ['Hermes', hermesFormat, `<tool_call>\n{"name": "weather", "arguments": ${oslo}}\n</tool_call>`, '', [weather]],
  [
    'Hermes, two calls behind text',
    hermesFormat,
    `Let me see. <tool_call>{"name": "weather", "arguments": ${oslo}}</tool_call>\n<tool_call>{"name":"time","arguments":{}}</tool_call>`,
    'Let me see. ',
    [weather, 'time({})'],
  ],
  ['Hermes without its closing mark', hermesFormat, `<tool_call>{"name": "weather", "arguments": ${oslo}}`, '', [weather]],
  [
    'Hermes with text behind it',
    hermesFormat,
    `<tool_call>{"name": "time", "arguments": {}}</tool_call>\n\nDone }`,
    '\n\nDone }',
    ['time({})'],
  ],
  [
    'Hermes, arguments as text',
    hermesFormat,
    `<tool_call>{"name": "weather", "arguments": ${JSON.stringify(oslo)}}</tool_call>`,
    '',
    [weather],
  ],
  [
    'Hermes, braces and marks inside a string',
    hermesFormat,
    '<tool_call>{"name": "weather", "arguments": {"city": "}</tool_call>{\\""}}</tool_call>',
    '',
    ['weather({"city":"}</tool_call>{\\""})'],
  ],
  [
    'Qwen Coder',
    taggedFormat,
    '<tool_call>\n<function=weather>\n<parameter=city>\n12\n</parameter>\n<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>',
    '',
    ['weather({"city":"12","days":3})'],
  ],
  ['Functionary', taggedFormat, `<function=weather>${oslo}</function>`, '', [weather]],
  ['Llama 3', llamaFormat, `{"name": "weather", "parameters": ${oslo}}`, '', [weather]],
  ['Llama 3 with its mark', llamaFormat, `<|python_tag|>{"type": "function", "name": "weather", "parameters": ${oslo}}`, '', [weather]],
  [
    'Llama 3, two calls',
    llamaFormat,
    `{"name": "weather", "parameters": ${oslo}}; {"name": "time", "parameters": {}}`,
    '',
    [weather, 'time({})'],
  ],
  ['Llama 3, Python', llamaFormat, '<|python_tag|>print("}")\n', '', ['python({"code":"print(\\"}\\")\\n"})']],
  ['Llama 3, a built-in', llamaFormat, '<|python_tag|>brave_search.call(query="x y")', '', ['brave_search({"query":"x y"})']],
  [
    'Mistral',
    mistralFormat,
    `[TOOL_CALLS] [{"name": "weather", "arguments": ${oslo}, "id": "abcdefghi"}, {"name": "time", "arguments": {}}]`,
    '',
    [weather, 'time({})'],
  ],
  [
    'Mistral, by name',
    mistralNamedFormat,
    `[TOOL_CALLS]weather[ARGS]${oslo}[TOOL_CALLS]time[CALL_ID]abc[ARGS]{}`,
    '',
    [weather, 'time({})'],
  ],
  [
    'DeepSeek',
    deepseekFormat,
    `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n\`\`\`json\n${oslo}\n\`\`\`<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>time\n\`\`\`json\n{}\n\`\`\`<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
    '',
    [weather, 'time({})'],
  ],
  [
    'DeepSeek V3.1',
    deepseekBareFormat,
    `Hm.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>weather<｜tool▁sep｜>${oslo}<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
    'Hm.',
    [weather],
  ],
  ['bare JSON of any family', hermesFormat, `\n{"name": "weather", "arguments": ${oslo}}`, '', [weather]],
];

describe('calls', () => {
  it.each(answers)('of %s are read, and nothing of them is shown', async (_name, format, answer, text, calls) => {
    expect(await read(format, [answer])).toMatchObject({ text, calls, reason: 'TOOL_CALLS' });
  });

  it.each(answers)('of %s are the same however the tokens cut them', async (_name, format, answer, text, calls) => {
    expect(await read(format, [...answer])).toMatchObject({ text, calls, reason: 'TOOL_CALLS' });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(answer.length)), async (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), answer.length];
        const result = await read(
          format,
          places.slice(1).map((to, index) => answer.slice(places[index], to)),
        );
        expect(result).toMatchObject({ text, calls });
        expect(result.indexes).toEqual(result.indexes.map((_, index) => index));
      }),
      { numRuns: 20 },
    );
  });

  it('that are cut off are neither calls nor text', async () => {
    expect(await read(hermesFormat, ['I look. <tool_call>{"name": "wea'], { cause: 'length' })).toMatchObject({
      text: 'I look. ',
      calls: [],
      reason: 'LENGTH',
    });
  });

  it('that cannot be read are text, so that nobody loses them', async () => {
    for (const broken of [
      '<tool_call>{"name": 3}</tool_call>',
      '<tool_call>hello',
      '[TOOL_CALLS] what',
      '{"name": "unknown", "arguments": {}}',
      '{"city": "Oslo"}',
    ]) {
      for (const format of [hermesFormat, mistralFormat, llamaFormat, deepseekFormat]) {
        expect(await read(format, [...broken])).toMatchObject({ text: broken, calls: [], reason: 'STOP' });
      }
    }
  });

  it('hold back text only while it may be the beginning of one', async () => {
    const answer = createAnswer({
      echo: '',
      stop: [],
      tools: { format: hermesFormat, definitions, readsBare: true },
      check: null,
      guard: null,
      newCallId: () => '',
    });
    const shown = (text: string) =>
      answer.push({ bytes: Buffer.from(text), isControl: false }).deltas.map((delta) => (delta.type === 'text' ? delta.text : ''));
    expect(shown('1 < 2')).toEqual(['1 < 2']);
    expect(shown(' <tool')).toEqual([' ']);
    expect(shown('box>')).toEqual(['<toolbox>']);
  });

  it('have no stop texts looked for in them', async () => {
    expect(
      await read(hermesFormat, [`a <tool_call>{"name": "weather", "arguments": ${oslo}}</tool_call>`], { stop: ['Oslo'] }),
    ).toMatchObject({ text: 'a ', calls: [weather] });
  });

  it('never make an answer to any text slow or broken', async () => {
    const formats = [hermesFormat, taggedFormat, llamaFormat, mistralFormat, mistralNamedFormat, deepseekFormat];
    const piece = fc.oneof(
      fc.constantFrom(
        ...formats.flatMap(({ openers, controlTokens }) => [...openers, ...controlTokens]),
        '{"name": "time", "arguments": {}}',
        '{',
        '}',
        '[',
        ']',
        '"',
        ' ',
      ),
      fc.string({ maxLength: 5 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...formats), fc.array(piece, { maxLength: 10 }), async (format, pieces) => {
        const { text, calls } = await read(format, pieces);
        if (calls.length === 0) expect(text).toBe(pieces.join(''));
      }),
    );
    const endless = ['<tool_call>{', ...Array.from({ length: 3000 }, () => '"}",'), 'x'.repeat(256 * 1024)];
    expect((await read(hermesFormat, endless)).text).toBe(endless.join(''));
  });
});

describe('the family of a template', () => {
  it.each([
    ['llama3', llamaFormat],
    ['mistralTools', mistralFormat],
    ['qwen', hermesFormat],
    ['chatMl', hermesFormat],
  ] as const)('%s', (name, format) => {
    expect(chooseToolFormat(chatTemplates[name], { hasTools: !['chatMl'].includes(name) })).toBe(format);
  });

  it('that shows no tools, but calls of its own, is read both ways', async () => {
    const format = chooseToolFormat(chatTemplates.deepseek, { hasTools: false });
    const own = answers.find(([name]) => name === 'DeepSeek');
    const taught = answers.find(([name]) => name === 'Hermes');
    for (const [, , answer = '', text, calls] of [own ?? [], taught ?? []])
      expect(await read(format, [answer])).toMatchObject({ text, calls });
    expect(chooseToolFormat(chatTemplates.deepseek, { hasTools: true })).toBe(deepseekFormat);
  });
});
