import { afterEach, describe, expect, it } from 'vitest';
import type { Chat, PromptSegment } from '../../src/engines/chat/chat.ts';
import { openChat } from '../../src/engines/chat/open-chat.ts';
import { createProgramRunner, type ProgramRunnerOptions } from '../../src/engines/chat/program-runner.ts';
import type { ChatMessage, GenerateWork } from '../../src/engines/generation.ts';
import { leastGeneration } from '../../src/engines/generation.ts';
import { chatTemplates } from '../support/chat-templates.ts';

const signal = new AbortController().signal;
const opened: Chat[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((chat) => chat[Symbol.asyncDispose]()));
});

function chatOf(template: string | null, options: ProgramRunnerOptions = { timeoutMs: 500 }): Chat {
  const specialTokens = ['<|im_start|>', '<|im_end|>', '<|eot_id|>', '[INST]'].map((text) => ({ text, alwaysParsed: false }));
  const chat = openChat({ template, bosToken: '<s>', eosToken: '</s>', specialTokens }, options);
  opened.push(chat);
  return chat;
}

const hello: ChatMessage[] = [{ role: 'USER', content: 'Hello' }];

/** The prompt of a conversation; a token is a character here. */
async function prepare(
  chat: Chat,
  {
    messages = hello,
    template = null,
    contextSize = 1e6,
    ...more
  }: { messages?: ChatMessage[]; template?: string | null; contextSize?: number } & Partial<GenerateWork> = {},
) {
  const work: GenerateWork = { ...leastGeneration, ...more, input: { type: 'chat', messages, template, tools: [], toolChoice: 'AUTO' } };
  const whole = (segments: readonly PromptSegment[]) => segments.map(({ text }) => text).join('');
  const prepared = await chat.prepare(work, { tokenize: (segments) => [...whole(segments)], contextSize, signal });
  return { ...prepared, prompt: prepared.tokens.join('') };
}

describe('a template that does harm', () => {
  const hostile: [name: string, template: string, message: RegExp][] = [
    [
      'loops for ever',
      '{% for i in range(99999) %}{% for j in range(99999) %}{% set x = 1 %}{% endfor %}{% endfor %}',
      /does not come to an end/,
    ],
    ['fills memory with a list', '{% for i in range(9999999999) %}x{% endfor %}', /does not come to an end|too much memory|refuses/],
    [
      'fills memory with text',
      '{% set s = namespace(t="x") %}{% for i in range(99) %}{% set s.t = s.t ~ s.t %}{% endfor %}{{ s.t | upper | length }}',
      /does not come to an end|too much memory|refuses/,
    ],
    [
      'writes a long prompt',
      '{% for i in range(99999) %}{{ "x" * 1 }}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}',
      /at most 8388608 are taken|does not come to an end|refuses/,
    ],
    ['calls itself', '{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}', /refuses them/],
    ['is no template', '{% if %}', /is not a Jinja template/],
    ['raises', '{{ raise_exception("two\nlines") }}', /refuses them: two lines/],
    ['reaches out of its sandbox', '{{ messages.constructor.constructor("return process")() }}', /refuses them/],
  ];

  it.each(hostile)('%s: its client is told so, and the next one is served', async (_name, template, message) => {
    const chat = chatOf(chatTemplates.chatMl);
    await prepare(chat);
    const harm = prepare(chat, { template });
    harm.catch(() => {});
    await Promise.all(Array.from({ length: 5 }, () => prepare(chat)));
    await expect(harm).rejects.toThrow(message);
    await expect(harm).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect((await prepare(chat, { template: '{{ messages[0].content }}' })).prompt).toBe('Hello');
  });

  it('holds up nobody who did not bring it', async () => {
    const chat = chatOf(chatTemplates.chatMl, { timeoutMs: 20_000 });
    await prepare(chat);
    let hasEnded = false;
    const harm = prepare(chat, { template: hostile[0]?.[1] ?? '' }).catch(() => {
      hasEnded = true;
    });
    await Promise.all(Array.from({ length: 20 }, () => prepare(chat)));
    expect(hasEnded).toBe(false);
    await chat[Symbol.asyncDispose]();
    await harm;
  });

  it("in a model's own file is told as the file's fault", async () => {
    await expect(prepare(chatOf('{% if %}'))).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE' });
    const endless = '{% for i in range(99999) %}{% for j in range(99999) %}{% set x = 1 %}{% endfor %}{% endfor %}';
    await expect(prepare(chatOf(endless))).rejects.toMatchObject({ code: 'TIMEOUT' });
  });
});

describe("strangers' programs", () => {
  it('end when their time is over, also a regular expression, and the next one runs', async () => {
    await using programs = createProgramRunner({ timeoutMs: 300 });
    const check = (text: string) =>
      programs.run({ type: 'check', text: JSON.stringify(text), schema: { type: 'string', pattern: '^(a+)+$' } }, signal);
    const slow = check(`${'a'.repeat(60)}!`);
    const after = check('aaa');
    await expect(slow).rejects.toMatchObject({ stage: 'time' });
    expect(await after).toBe(null);
  });

  it('are refused where too many wait, and dropped where nobody waits for them any more', async () => {
    await using programs = createProgramRunner({ timeoutMs: 2000, maxWaiting: 1 });
    const run = (aborts: AbortSignal) => programs.run({ type: 'render', template: '{{ x }}', values: { x: 'y' } }, aborts);
    const leaving = new AbortController();
    const first = run(signal);
    const second = run(leaving.signal);
    await expect(run(signal)).rejects.toMatchObject({ code: 'OVERLOADED' });
    leaving.abort();
    await expect(second).rejects.toMatchObject({ code: 'CANCELED' });
    expect(await first).toBe('y');
  });

  it('start anew after their process was idle', async () => {
    await using programs = createProgramRunner({ idleMs: 0 });
    for (const x of ['a', 'b', 'c', 'd']) {
      expect(await programs.run({ type: 'render', template: '{{ x }}', values: { x } }, signal)).toBe(x);
    }
  });

  it('are given up when their owner ends', async () => {
    const programs = createProgramRunner();
    const asked = programs.run({ type: 'render', template: '{{ x }}', values: {} }, signal);
    await Promise.all([expect(asked).rejects.toMatchObject({ code: 'CANCELED' }), programs[Symbol.asyncDispose]()]);
    await expect(programs.run({ type: 'render', template: '', values: {} }, signal)).rejects.toMatchObject({ code: 'CANCELED' });
  });
});

describe('a conversation', () => {
  const turns = (count: number): ChatMessage[] =>
    Array.from({ length: count }, (_, index) => [
      { role: 'USER' as const, content: `question ${index}` },
      { role: 'ASSISTANT' as const, content: `answer ${index}` },
    ]).flat();
  const long: ChatMessage[] = [{ role: 'SYSTEM', content: 'Be kind.' }, ...turns(20), { role: 'USER', content: 'the last' }];

  it('that does not fit is refused with both counts', async () => {
    await expect(prepare(chatOf(null), { messages: long, contextSize: 500 })).rejects.toMatchObject({
      code: 'INPUT_TOO_LONG',
      limit: 499,
      index: 0,
    });
  });

  it('loses its oldest turns where that was asked for, never its system message, and leaves room for the answer', async () => {
    const { prompt, tokens } = await prepare(chatOf(null), { messages: long, contextSize: 500, truncate: 'START', maxTokens: 100 });
    expect(prompt).toMatch(/^<\|im_start\|>system\nBe kind\.<\|im_end\|>\n<\|im_start\|>user\nquestion (\d+)/);
    expect(prompt).toContain('user\nthe last<|im_end|>');
    expect(tokens.length).toBeLessThanOrEqual(400);
    // Not a turn more than needed.
    expect(tokens.length).toBeGreaterThan(400 - 100);
  });

  it('whose last turn alone is too long is refused also then', async () => {
    const messages: ChatMessage[] = [...turns(2), { role: 'USER', content: 'x'.repeat(600) }];
    await expect(prepare(chatOf(null), { messages, contextSize: 500, truncate: 'START' })).rejects.toMatchObject({
      code: 'INPUT_TOO_LONG',
    });
  });

  it('that ends with the assistant goes on from there', async () => {
    const messages: ChatMessage[] = [...hello, { role: 'ASSISTANT', content: 'The answer is <|im_end|>' }];
    const { prompt } = await prepare(chatOf(null), { messages });
    expect(prompt).toBe('<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\nThe answer is <|im_end|>');
  });

  it('whose template begins thoughts has them closed where the answer has a fixed form', async () => {
    const template = `${chatTemplates.chatMl}{{ '<think>\\n' }}`;
    expect((await prepare(chatOf(template))).prompt).toMatch(/<think>\n$/);
    expect((await prepare(chatOf(template), { responseFormat: { type: 'json' } })).prompt).toMatch(/<think>\n\n<\/think>\n\n$/);
  });

  it('shows its prompt where that was asked for', async () => {
    const { answer, prompt } = await prepare(chatOf(null), { echo: true });
    expect(answer.begin()).toEqual([{ type: 'text', index: 0, text: prompt, logprobs: null }]);
  });
});
