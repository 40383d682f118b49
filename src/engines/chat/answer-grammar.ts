import { InvalidInputError } from '../../errors.ts';
import type { ResponseFormat, ToolChoice, ToolDefinition } from '../generation.ts';
import { createGrammar, jsonRules, literal } from './schema/gbnf.ts';
import { addSchema } from './schema/json-grammar.ts';
import { explained } from './schema/unsupported.ts';
import type { ToolGrammar } from './tools/tool-format.ts';

/** Calls that one answer may be made to have. */
const maxForcedCalls = 8;
const schemaField = 'input.responseFormat.jsonSchema';

/** What binds the form of an answer; plain data, as a schema is looked at in the process for strangers' programs. */
/** What binds the form of an answer: plain data, as a stranger's schema is looked at in a process of its own. */
export interface AnswerShape {
  responseFormat: ResponseFormat | null;
  tools: readonly ToolDefinition[];
  toolChoice: ToolChoice;
  toolGrammar: ToolGrammar;
}

/**
 * The grammar of an answer: in the form that was asked for, or of forced calls, or, where tools may be called but need not, of either.
 * Null where nothing binds it. Throws INVALID_INPUT for what no grammar holds.
 */
export function answerGrammar({ responseFormat, tools, toolChoice, toolGrammar }: AnswerShape): string | null {
  const isForced = toolChoice === 'REQUIRED' || typeof toolChoice === 'object';
  if (!isForced && responseFormat === null) return null;
  if (!isForced && responseFormat?.type === 'gbnf') return responseFormat.grammar;
  const grammar = createGrammar();
  return explained({ field: isForced ? 'input.tools' : schemaField, path: '' }, () => {
    const roots: string[] = [];
    if (!isForced && responseFormat?.type === 'jsonSchema') roots.push(addSchema(grammar, responseFormat.schema, schemaField));
    if (!isForced && responseFormat?.type === 'json') roots.push(jsonRules(grammar).object());
    if (isForced || (tools.length > 0 && toolChoice === 'AUTO')) roots.push(calls());
    return grammar.text(roots.join(' | '));
  });

  function calls(): string {
    const wanted = tools.flatMap((tool, index) =>
      typeof toolChoice !== 'object' || tool.name === toolChoice.name ? [{ tool, index }] : [],
    );
    if (wanted.length === 0) throw new InvalidInputError({ field: 'input.toolChoice', message: 'names no tool of this request.' });
    const { before, between, after, opening, separator, closing } = toolGrammar;
    const one = wanted.map(({ tool, index }) => {
      const argumentsRule =
        tool.parameters === null ? literal('{}') : addSchema(grammar, tool.parameters, `input.tools[${index}].parameters`);
      return grammar.rule(
        `call-${index}`,
        `${literal(before + tool.name + between)} ${argumentsRule}${after === '' ? '' : ` ${literal(after)}`}`,
      );
    });
    const call = grammar.rule('call', one.join(' | '));
    const more =
      typeof toolChoice === 'object' ? '' : ` (${separator === '' ? '' : `${literal(separator)} `}${call}){0,${maxForcedCalls - 1}}`;
    return grammar.rule(
      'calls',
      [...(opening === '' ? [] : [literal(opening)]), `${call}${more}`, ...(closing === '' ? [] : [literal(closing)])].join(' '),
    );
  }
}
