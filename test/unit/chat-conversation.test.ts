import { describe, expect, it } from 'vitest';
import { templateValues } from '../../src/engines/chat/conversation.ts';
import { compileTemplate } from '../../src/engines/chat/jinja.ts';
import { probeTemplate } from '../../src/engines/chat/template-traits.ts';
import type { ChatMessage, ToolDefinition } from '../../src/engines/generation.ts';
import { chatTemplates } from '../support/chat-templates.ts';

const tools: ToolDefinition[] = [
  { name: 'weather', description: 'Tells the weather.', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
];
const called: ChatMessage[] = [
  { role: 'USER', content: 'How is Oslo?' },
  { role: 'ASSISTANT', content: '', toolCalls: [{ id: 'abcdefghi', name: 'weather', arguments: '{"city": "Oslo"}' }] },
  { role: 'TOOL', content: 'rain', toolCallId: 'abcdefghi', name: 'weather' },
];

function render(name: keyof typeof chatTemplates, messages: readonly ChatMessage[], given: readonly ToolDefinition[] = []): string {
  const template = compileTemplate(chatTemplates[name]);
  const values = templateValues({ messages, tools: given, callId: (id) => id }, probeTemplate(template));
  return template.render({ ...values, bos_token: '<s>', eos_token: '</s>', add_generation_prompt: true });
}

describe('what a template can do is seen by trying', () => {
  it.each([
    ['chatMl', { content: 'TEXT', hasSystem: true, hasTools: false, toolCalls: 'NONE', hasToolResults: false }],
    ['llama2', { content: 'TEXT', hasSystem: true, hasTools: false, toolCalls: 'NONE', hasToolResults: false }],
    ['llama3', { content: 'TEXT', hasSystem: true, hasTools: true, toolCalls: 'OBJECT', hasToolResults: true }],
    ['mistralPlain', { content: 'TEXT', hasSystem: false, hasTools: false, toolCalls: 'NONE', hasToolResults: false }],
    ['mistralTools', { content: 'TEXT', hasSystem: true, hasTools: true, toolCalls: 'OBJECT', hasToolResults: true }],
    ['gemma', { content: 'TEXT', hasSystem: false, hasTools: false, toolCalls: 'NONE', hasToolResults: false }],
    ['qwen', { content: 'TEXT', hasSystem: true, hasTools: true, toolCalls: 'OBJECT', hasToolResults: true }],
    ['phi3', { content: 'TEXT', hasSystem: true, hasTools: false, toolCalls: 'NONE', hasToolResults: false }],
    ['deepseek', { content: 'TEXT', hasSystem: true, hasTools: false, toolCalls: 'TEXT', hasToolResults: true }],
    ['parts', { content: 'PARTS', hasSystem: true, hasTools: false, toolCalls: 'NONE', hasToolResults: false }],
  ] as const)('%s', (name, traits) => {
    expect(probeTemplate(compileTemplate(chatTemplates[name]))).toMatchObject(traits);
  });
});

describe('whether a template shows images', () => {
  it.each(Object.entries(chatTemplates))('is seen by trying: %s', (name, source) => {
    // Where a list is added to a text it becomes its JSON, which is no place for an image.
    expect(probeTemplate(compileTemplate(source)).hasImages).toBe(name === 'parts');
  });

  it.each([
    ['a mark for each', '{% if part.type == "image" %}<image>{% else %}{{ part.text }}{% endif %}', true],
    ['a number for each', '{% if part.type == "image" %}<|image_{{ loop.index }}|>{% else %}{{ part.text }}{% endif %}', true],
    ['a line for each part', '{{ part.text }}\n', false],
    ['all of each part', '{{ part | tojson }}', false],
    ['nothing', '{% if part.type == "text" %}{{ part.text }}{% endif %}', false],
  ])('by %s', (_what, body, hasImages) => {
    const source = `{% for message in messages %}{% if message.content is string %}{{ message.content }}{% else %}{% for part in message.content %}${body}{% endfor %}{% endif %}{% endfor %}`;
    expect(probeTemplate(compileTemplate(source))).toMatchObject({ content: 'TEXT', hasImages });
  });

  it('and what it does not show stands in front of the text as its mark', () => {
    const messages: ChatMessage[] = [{ role: 'USER', content: 'What is it?', images: [0] }];
    const traits = probeTemplate(compileTemplate(chatTemplates.chatMl));
    const { messages: values } = templateValues({ messages, tools: [], callId: (id) => id, imageMark: '<image>' }, traits);
    expect(values).toEqual([{ role: 'user', content: '<image>What is it?' }]);
  });
});

describe('a conversation becomes the prompt of its family', () => {
  const messages: ChatMessage[] = [
    { role: 'SYSTEM', content: 'Be kind.' },
    { role: 'USER', content: 'Hello' },
    { role: 'ASSISTANT', content: 'Hi' },
    { role: 'USER', content: 'Bye' },
  ];
  it.each([
    [
      'chatMl',
      '<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\nHi<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n',
    ],
    ['llama2', '<s>[INST] <<SYS>>\nBe kind.\n<</SYS>>\n\nHello [/INST] Hi </s><s>[INST] Bye [/INST]'],
    ['mistralPlain', '<s>[INST] Be kind.\n\nHello [/INST]Hi</s>[INST] Bye [/INST]'],
    [
      'gemma',
      '<s><start_of_turn>user\nBe kind.\n\nHello<end_of_turn>\n<start_of_turn>model\nHi<end_of_turn>\n<start_of_turn>user\nBye<end_of_turn>\n<start_of_turn>model\n',
    ],
    ['phi3', '<|system|>\nBe kind.<|end|>\n<|user|>\nHello<|end|>\n<|assistant|>\nHi<|end|>\n<|user|>\nBye<|end|>\n<|assistant|>\n'],
    [
      'parts',
      '<|im_start|>System: Be kind.<end_of_utterance>\nUser: Hello<end_of_utterance>\nAssistant: Hi<end_of_utterance>\nUser: Bye<end_of_utterance>\nAssistant:',
    ],
  ] as const)('%s', (name, prompt) => {
    expect(render(name, messages)).toBe(prompt);
  });

  it('with the date of today, where the template asks for it', () => {
    expect(render('llama3', messages)).toMatch(/Today Date: \d\d \w{3} \d{4}\n\nBe kind\.<\|eot_id\|>/);
  });

  it('without earlier thoughts, where the template takes them out', () => {
    const prompt = render('qwen', [
      { role: 'USER', content: 'a' },
      { role: 'ASSISTANT', content: '<think>\nhm\n</think>\n\nb' },
      { role: 'USER', content: 'c' },
    ]);
    expect(prompt).toContain('<|im_start|>assistant\nb<|im_end|>');
  });

  it('and turns that it refuses are told in its own words', () => {
    const twice = messages.filter(({ role }) => role === 'USER');
    expect(() => render('gemma', twice)).toThrow('Conversation roles must alternate');
  });
});

describe('tools', () => {
  it('are defined, called and answered as the family has it', () => {
    expect(render('qwen', called, tools)).toContain(
      '<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call><|im_end|>',
    );
    expect(render('qwen', called, tools)).toContain('<tools>\n{"type": "function", "function": {"name": "weather"');
    expect(render('llama3', called, tools)).toContain('{"name": "weather", "parameters": {"city": "Oslo"}}<|eot_id|>');
    expect(render('mistralTools', called, tools)).toContain(
      '[TOOL_CALLS] [{"name": "weather", "arguments": {"city": "Oslo"}, "id": "abcdefghi"}]</s>',
    );
    expect(render('deepseek', called, tools)).toContain('function<｜tool▁sep｜>weather\n```json\n{"city": "Oslo"}\n```<｜tool▁call▁end｜>');
  });

  it('become words where the template knows none', () => {
    for (const name of ['chatMl', 'gemma', 'mistralPlain', 'parts'] as const) {
      const prompt = render(name, called, tools);
      expect(prompt).toContain('<tools>\n{"type":"function","function":{"name":"weather"');
      expect(prompt).toContain('<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call>');
      expect(prompt).toContain('<tool_response>\nrain\n</tool_response>');
    }
  });

  it('results that follow each other, and what the user says then, are one turn where roles must alternate', () => {
    const [asked, call] = called;
    const second: ChatMessage = { role: 'TOOL', content: 'cold' };
    const conversation = [asked, call, called[2], second, { role: 'USER', content: 'So?' }] as ChatMessage[];
    expect(render('gemma', conversation, tools)).toContain(
      '<start_of_turn>user\n<tool_response>\nrain\n</tool_response>\n<tool_response>\ncold\n</tool_response>\nSo?<end_of_turn>',
    );
  });
});
