/**
 * The process in which strangers' programs run: chat templates and the patterns of JSON schemas. A process and no thread, because a heap
 * that is full ends all threads of one. It keeps the time itself, so that none that lost its parent goes on for ever.
 */
import { runInThisContext } from 'node:vm';
import { errorToWire, ModelkeepError } from '../../errors.ts';
import { answerGrammar } from './answer-grammar.ts';
import { type CompiledTemplate, compileTemplate } from './jinja.ts';
import { maxRenderedLength, type ProgramJob, type ProgramReply } from './program-job.ts';
import { checkSchema } from './schema/check-schema.ts';
import { probeTemplate } from './template-traits.ts';

/** Few: a model's own template or two, and the last ones that clients brought. */
const maxCompiled = 8;
const compiled = new Map<string, CompiledTemplate>();

function templateOf(source: string): CompiledTemplate {
  const known = compiled.get(source);
  if (known) return known;
  const template = compileTemplate(source);
  const [oldest] = compiled.keys();
  if (compiled.size >= maxCompiled && oldest !== undefined) compiled.delete(oldest);
  compiled.set(source, template);
  return template;
}

function run(job: ProgramJob): ProgramReply {
  let stage: 'program' | 'run' = 'program';
  try {
    switch (job.type) {
      case 'traits':
        return { type: 'done', result: probeTemplate(templateOf(job.template)) };
      case 'render': {
        const template = templateOf(job.template);
        stage = 'run';
        const text = template.render(job.values);
        if (text.length > maxRenderedLength) throw new Error(`it writes ${text.length} characters; at most ${maxRenderedLength} are taken`);
        // The engine takes UTF-8: half a surrogate pair has none.
        return { type: 'done', result: text.toWellFormed() };
      }
      case 'grammar':
        return { type: 'done', result: answerGrammar(job.shape) };
      case 'check':
        stage = 'run';
        return { type: 'done', result: checkSchema(JSON.parse(job.text), job.schema) };
      default:
        throw new Error(`no such job: ${(job satisfies never as ProgramJob).type}`);
    }
  } catch (error) {
    const known = error instanceof ModelkeepError ? { error: errorToWire(error, '') } : {};
    return { type: 'failed', stage, message: error instanceof Error ? error.message : String(error), ...known };
  }
}

/** The time limit of `vm` holds for whatever is called from there. */
function runLimited(job: ProgramJob, timeoutMs: number): ProgramReply {
  Object.assign(globalThis, { [Symbol.for('modelkeep.program')]: () => run(job) });
  try {
    return runInThisContext("globalThis[Symbol.for('modelkeep.program')]()", { timeout: timeoutMs }) as ProgramReply;
  } catch {
    return { type: 'failed', stage: 'time', message: `it ran longer than ${timeoutMs} ms` };
  }
}

// A terminal signals the whole group; the runner decides when this ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());
process.on('message', ({ job, timeoutMs }: { job: ProgramJob; timeoutMs: number }) => {
  process.send?.({ type: 'started' } satisfies ProgramReply);
  process.send?.(runLimited(job, timeoutMs));
});
