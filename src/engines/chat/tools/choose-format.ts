import { deepseekBareFormat, deepseekFormat } from './deepseek.ts';
import { hermesFormat, taggedFormat } from './hermes.ts';
import { llamaFormat } from './llama.ts';
import { mistralFormat, mistralNamedFormat } from './mistral.ts';
import type { ToolFormat } from './tool-format.ts';

/**
 * How a model writes its calls, by the marks that stand in its template. A template that knows no tools has the words of
 * `conversation.ts` in it instead, which ask for `<tool_call>`.
 */
export function chooseToolFormat(template: string, { hasTools }: { hasTools: boolean }): ToolFormat {
  const isDeepseek = template.includes('<｜tool▁calls▁begin｜>');
  // Some templates show earlier calls in the model's own way, and no tools: which of the two it writes nobody knows.
  if (!hasTools) return isDeepseek ? either(hermesFormat, deepseekFormat) : hermesFormat;
  if (isDeepseek) return template.includes('```json') ? deepseekFormat : deepseekBareFormat;
  if (template.includes('[TOOL_CALLS]')) return template.includes('[ARGS]') ? mistralNamedFormat : mistralFormat;
  if (template.includes('<tool_call>')) return template.includes('<function=') ? taggedFormat : hermesFormat;
  if (template.includes('<|python_tag|>') || template.includes('"parameters"')) return llamaFormat;
  if (template.includes('<function=')) return taggedFormat;
  return template.includes('<|start_header_id|>') ? llamaFormat : hermesFormat;
}

/** Reads both; a forced call is written as the first has it. */
function either(first: ToolFormat, second: ToolFormat): ToolFormat {
  return {
    openers: [...first.openers, ...second.openers],
    controlTokens: [...first.controlTokens, ...second.controlTokens],
    read: (text, context) => (first.openers.some((opener) => text.startsWith(opener)) ? first : second).read(text, context),
    grammar: first.grammar,
  };
}
