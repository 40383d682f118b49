import { Template } from '@huggingface/jinja';

/** A template as this file's library compiles it. */
export interface CompiledTemplate {
  /** Throws what the template raises, and for what it cannot do with these values. */
  render(values: Record<string, unknown>): string;
}

/**
 * Compiles a chat template. It is a stranger's program that may loop for ever or double a text until memory ends: only for a
 * process that can be ended. Throws on bad syntax.
 */
export function compileTemplate(source: string): CompiledTemplate {
  const template = new Template(source);
  return { render: (values) => template.render(values) };
}
