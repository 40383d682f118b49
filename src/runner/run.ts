import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import type { EngineOpener } from '../engines/engine.ts';
import { isGenerationEngine } from '../engines/generation-engine.ts';
import { errorToWire, ModelkeepError } from '../errors.ts';
import { createGenerationLoop, type GenerationLoop } from './generation-loop.ts';
import { watchParent } from './parent-watch.ts';
import { formatFailureReport, type RunnerReply, type RunnerRequest } from './protocol.ts';
import { createWorkLoop, type WorkLoop } from './work-loop.ts';

/** Below the server, so that it answers while models compute. */
const niceness = 5;

/**
 * Makes this process a runner: it answers `RunnerRequest`s from the channel that `fork` made until the channel closes.
 * The channel is all it listens to: a terminal sends its signals to the whole group, and the server decides when to end.
 */
export function runRunner(opener: EngineOpener): void {
  let loop: WorkLoop | null = null;
  let generations: GenerationLoop | null = null;
  let isOpening = false;

  /** An ordinary exit waits for native work in other threads, which may never end. */
  function leave(code: number): void {
    if (generations) process.kill(process.pid, 'SIGKILL');
    process.exit(code);
  }

  process.on('disconnect', () => leave(0));
  if (!process.connected) process.exit(0);
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      writeError(describe(error));
      // The last line is what a caller gets to read: the reason without the stack.
      writeError(String(error));
      leave(1);
    });
  }
  lowerPriority();
  volunteerForMemory();
  watchParent();

  async function load({ type: _, folder, maxBatchTokens, ...options }: Extract<RunnerRequest, { type: 'load' }>): Promise<RunnerReply> {
    if (isOpening) throw new Error('A runner opens one model.');
    isOpening = true;
    const engine = await opener.open(folder, options);
    loop = createWorkLoop({ engine, maxBatchTokens, reply, report });
    const writer = isGenerationEngine(engine) ? engine : null;
    generations = writer && createGenerationLoop({ engine: writer, reply, report });
    return { type: 'loaded', facts: engine.facts, memoryBytes: process.memoryUsage.rss(), slots: writer?.slots ?? 0 };
  }

  function answer(pending: Promise<RunnerReply>): void {
    pending.then(reply, (error: unknown) => {
      const id = crypto.randomUUID();
      if (!(error instanceof ModelkeepError)) report(id, error);
      reply({ type: 'failed', error: errorToWire(error, id) });
    });
  }

  process.on('message', (request: RunnerRequest) => {
    switch (request.type) {
      case 'inspect':
        return answer(opener.inspect(request.folder).then((facts) => ({ type: 'inspected', facts })));
      case 'load':
        return answer(load(request));
      case 'run':
        return loop?.run(request.parcelId, request.work, request.origin);
      case 'cancel':
        return loop?.cancel(request.parcelId);
      case 'generate':
        return generations?.generate(request.generationId, request.work, request.origin);
      case 'stopGeneration':
        return generations?.stop(request.generationId);
      default:
        return request satisfies never;
    }
  });
}

function reply(message: RunnerReply): void {
  // The callback takes the error of a channel that closed meanwhile: 'disconnect' ends the process then.
  process.send?.(message, undefined, undefined, () => {});
}

/** A failure nobody expected goes to standard error, which the server logs; the caller sees only its id. */
function report(id: string, cause: unknown, requestId?: string): void {
  writeError(formatFailureReport({ errorId: id, ...(requestId === undefined ? {} : { requestId }), cause: describe(cause) }));
}

function writeError(text: string): void {
  process.stderr.write(`${text.replaceAll(/\s*\n\s*/g, ' | ')}\n`);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function lowerPriority(): void {
  try {
    setPriority(process.pid, Math.min(niceness, constants.priority.PRIORITY_LOW));
  } catch {
    // A container may forbid it; the model runs all the same.
  }
}

/** Where the machine runs out of memory, Linux ends a runner, which is started again, and not the server. */
function volunteerForMemory(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Another system, or one that forbids it.
  }
}
