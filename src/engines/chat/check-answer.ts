import { InvalidAnswerError, ModelkeepError } from '../../errors.ts';
import type { ResponseFormat } from '../generation.ts';
import { ProgramFailure, type ProgramRunner } from './program-runner.ts';
import { isRecord, parseJson } from './tools/json-span.ts';

/** What looks at the whole answer once it has ended; null where any text will do. */
export function answerCheck(
  format: ResponseFormat | null,
  programs: ProgramRunner,
): ((text: string) => Promise<ModelkeepError | null>) | null {
  if (format === null || format.type === 'gbnf') return null;
  return async (text) => {
    const value = parseJson(text);
    if (value === undefined) return new InvalidAnswerError({ reason: 'it is not JSON' });
    if (format.type === 'json') return isRecord(value) ? null : new InvalidAnswerError({ reason: 'it is not a JSON object' });
    try {
      const wrong = await programs.run({ type: 'check', text, schema: format.schema }, new AbortController().signal);
      return wrong === null ? null : new InvalidAnswerError({ reason: wrong.slice(0, 500) });
    } catch (error) {
      if (error instanceof ModelkeepError) return error;
      if (!(error instanceof ProgramFailure)) throw error;
      return new InvalidAnswerError({ reason: `it could not be checked: ${error.message.slice(0, 500)}` });
    }
  };
}
