import { InvalidInputError } from '../errors.ts';
import type { ModelSettings } from '../models/model.ts';

/** What a Modelfile says, as Ollama documents it. */
export interface Modelfile {
  /** Name of a stored model. */
  from: string | null;
  /** Names of stored adapters. */
  adapters: string[];
  settings: ModelSettings;
}

const longestText = 1_000_000;
const instruction = /^(FROM|ADAPTER|TEMPLATE|SYSTEM|PARAMETER|MESSAGE|LICENSE)\s+/i;

/**
 * Reads a Modelfile. TEMPLATE is a Jinja template here, as models carry it: Ollama's own Go templates are refused in words. Throws INVALID_INPUT
 * with the line.
 */
export function parseModelfile(text: string): Modelfile {
  if (text.length > longestText) throw fail(1, `it has more than ${longestText} characters`);
  const found: Modelfile = { from: null, adapters: [], settings: {} };
  for (const { name, value, line } of instructions(text)) apply(found, name, value, line);
  return found;
}

interface Instruction {
  name: string;
  value: string;
  /** From 1. */
  line: number;
}

function* instructions(text: string): Generator<Instruction> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]?.trim() ?? '';
    if (line === '' || line.startsWith('#')) continue;
    const [head, name = ''] = instruction.exec(line) ?? [];
    if (!head) throw fail(index + 1, `${JSON.stringify(line.slice(0, 40))} is no instruction`);
    const start = index + 1;
    let value = line.slice(head.length);
    const quoted = value.indexOf('"""');
    if (quoted >= 0) {
      // Three quotes begin a text of any number of lines, and end it.
      while (value.indexOf('"""', quoted + 3) < 0) {
        index += 1;
        if (index >= lines.length) throw fail(start, 'its """ is never closed');
        value += `\n${lines[index]}`;
      }
      value = value.slice(0, quoted) + value.slice(quoted + 3, value.indexOf('"""', quoted + 3));
    } else value = value.replace(/^"(.*)"$/s, '$1');
    yield { name: name.toUpperCase(), value, line: start };
  }
}

function apply(found: Modelfile, name: string, value: string, line: number): void {
  const { settings } = found;
  switch (name) {
    case 'FROM':
      if (found.from !== null) throw fail(line, 'FROM is there twice');
      found.from = value.trim();
      return;
    case 'ADAPTER':
      found.adapters.push(value.trim());
      return;
    case 'TEMPLATE':
      if (/\{\{-?\s*(\.|if |range |end|template |define |block |with |\$)/.test(value)) {
        throw fail(
          line,
          'TEMPLATE is a Go template, which only Ollama renders; give the Jinja template that the model was published with, or leave it out',
        );
      }
      settings.template = value;
      return;
    case 'SYSTEM':
      settings.system = value;
      return;
    case 'LICENSE':
      settings.license = settings.license === undefined ? value : `${settings.license}\n${value}`;
      return;
    case 'MESSAGE':
      applyMessage(settings, value, line);
      return;
    default:
      applyParameter(settings, value, line);
      return;
  }
}

function applyMessage(settings: ModelSettings, value: string, line: number): void {
  const [, role = '', content = ''] = /^(\S+)\s+([\s\S]*)$/.exec(value) ?? [];
  if (role === 'system') settings.system = content;
  else if (role === 'user' || role === 'assistant') {
    settings.messages = [...(settings.messages ?? []), { role: role === 'user' ? 'USER' : 'ASSISTANT', content }];
  } else throw fail(line, `MESSAGE expects system, user or assistant first, got ${JSON.stringify(role.slice(0, 40))}`);
}

const numbers = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  min_p: 'minP',
  seed: 'seed',
  repeat_penalty: 'repeatPenalty',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
} as const;
/** What Ollama knows and nothing here has; what it does is not missed in an answer. */
const without = new Set([
  'num_gpu',
  'num_thread',
  'num_batch',
  'num_keep',
  'main_gpu',
  'use_mmap',
  'use_mlock',
  'low_vram',
  'f16_kv',
  'numa',
  'penalize_newline',
]);

function applyParameter(settings: ModelSettings, text: string, line: number): void {
  const [, key = '', value = ''] = /^(\S+)\s+([\s\S]*)$/.exec(text.trim()) ?? [];
  if (without.has(key)) return;
  const parameters = { ...settings.parameters };
  if (key === 'stop') parameters.stop = [...(parameters.stop ?? []), value.replace(/^"(.*)"$/s, '$1')];
  else {
    const number = Number(value);
    if (value === '' || !Number.isFinite(number))
      throw fail(line, `PARAMETER ${key} expects a number, got ${JSON.stringify(value.slice(0, 40))}`);
    if (key === 'num_ctx') settings.contextSize = number;
    else if (key === 'num_predict') {
      if (number > 0) parameters.maxTokens = number;
    } else if (Object.hasOwn(numbers, key)) parameters[numbers[key as keyof typeof numbers]] = number;
    else throw fail(line, `PARAMETER ${JSON.stringify(key.slice(0, 40))} is not known here`);
  }
  settings.parameters = parameters;
}

function fail(line: number, message: string): InvalidInputError {
  return new InvalidInputError({ field: 'input.modelfile', message: `line ${line}: ${message}.` });
}
