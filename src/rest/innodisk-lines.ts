import { internalProblem } from './innodisk-errors.ts';
import { PythonFloat, pythonJson } from './python-text.ts';
import type { Answer } from './route.ts';

/** One line of an answer. */
export interface Line {
  action: string;
  taskUuid: string;
  /** 0 to 1. */
  progress: number;
  details: Record<string, unknown>;
}

/** `progress_ratio` is what the document calls it, `progress` what the product and its client do. */
export function lineText({ action, taskUuid, progress, details }: Line): string {
  const ratio = new PythonFloat(progress);
  return text(200, { action, task_uuid: taskUuid, progress_ratio: ratio, progress: ratio, details });
}

/** The last line of what failed. The product's client reads `detail`. */
export function failureText({ action, taskUuid, message }: { action: string; taskUuid: string; message: string }): string {
  const ratio = new PythonFloat(-1);
  const problem = internalProblem(`'${taskUuid}' ${message}`);
  return text(500, { action, task_uuid: taskUuid, progress_ratio: ratio, progress: ratio, details: problem, detail: problem });
}

function text(status: number, message: object): string {
  return `${pythonJson({ status, message })}\n`;
}

/** Lines as they come, under the type that the handler gives them. */
export function linesAnswer(stream: AsyncIterable<string>): Answer {
  return { status: 200, body: undefined, headers: { 'content-type': 'application/json' }, stream };
}
