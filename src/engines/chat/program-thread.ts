/** The thread in which strangers' programs run: chat templates and the patterns of JSON schemas. Whoever started it ends it when it takes too long. */
import { parentPort } from 'node:worker_threads';
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
      case 'check':
        stage = 'run';
        return { type: 'done', result: checkSchema(JSON.parse(job.text), job.schema) };
      default:
        throw new Error(`no such job: ${(job satisfies never as ProgramJob).type}`);
    }
  } catch (error) {
    return { type: 'failed', stage, message: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (job: ProgramJob) => {
  parentPort?.postMessage({ type: 'started' } satisfies ProgramReply);
  parentPort?.postMessage(run(job));
});
