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
  if (!hasTools) return hermesFormat;
  if (template.includes('<｜tool▁calls▁begin｜>')) return template.includes('```json') ? deepseekFormat : deepseekBareFormat;
  if (template.includes('[TOOL_CALLS]')) return template.includes('[ARGS]') ? mistralNamedFormat : mistralFormat;
  if (template.includes('<tool_call>')) return template.includes('<function=') ? taggedFormat : hermesFormat;
  if (template.includes('<|python_tag|>') || template.includes('"parameters"')) return llamaFormat;
  if (template.includes('<function=')) return taggedFormat;
  return template.includes('<|start_header_id|>') ? llamaFormat : hermesFormat;
}
