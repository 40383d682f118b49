import { Worker } from 'node:worker_threads';
import { CanceledError, OverloadedError } from '../../errors.ts';
import type { ProgramJob, ProgramReply, ProgramResults } from './program-job.ts';

/** Runs strangers' programs one after the other in a thread of their own, within bounds of time and memory. */
export interface ProgramRunner extends AsyncDisposable {
  /** Throws `ProgramFailure`, OVERLOADED where many wait, CANCELED. A program that runs too long is ended with its thread. */
  run<Job extends ProgramJob>(job: Job, signal: AbortSignal): Promise<ProgramResults[Job['type']]>;
}

/** Why a program gave no result. Whoever asked knows whose program it is, and which error that makes. */
export class ProgramFailure extends Error {
  readonly stage: 'program' | 'run' | 'time' | 'memory';
  constructor(stage: ProgramFailure['stage'], message: string) {
    super(message);
    this.stage = stage;
  }
}

export interface ProgramRunnerOptions {
  /** How long one program may run. */
  timeoutMs?: number;
  /** How many may wait. */
  maxWaiting?: number;
}

interface Waiting {
  job: ProgramJob;
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

/** The thread starts with the first job. */
export function createProgramRunner({ timeoutMs = 2000, maxWaiting = 256 }: ProgramRunnerOptions = {}): ProgramRunner {
  const queue: Waiting[] = [];
  let thread: Worker | null = null;
  let running: Waiting | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isDisposed = false;

  function next(): void {
    if (running) return;
    running = queue.shift() ?? null;
    if (!running) return;
    thread ??= start();
    thread.postMessage(running.job);
  }

  function settle(act: (waiting: Waiting) => void): void {
    clearTimeout(timer);
    const waiting = running;
    running = null;
    if (waiting) act(waiting);
    if (!isDisposed) next();
  }

  function start(): Worker {
    const worker = new Worker(threadEntry(), { env: {}, resourceLimits: { maxOldGenerationSizeMb: 192, stackSizeMb: 4 } });
    // A runner that has nothing else to do may end.
    worker.unref();
    const failed = (failure: ProgramFailure) => {
      if (thread !== worker) return;
      thread = null;
      void worker.terminate();
      settle(({ reject }) => reject(failure));
    };
    worker.on('message', (reply: ProgramReply) => {
      if (thread !== worker) return;
      if (reply.type === 'started') {
        // Only now: a machine at its limits takes its time to start a thread.
        timer = setTimeout(() => failed(new ProgramFailure('time', `it ran longer than ${timeoutMs} ms`)), timeoutMs);
      } else if (reply.type === 'done') settle(({ resolve }) => resolve(reply.result as never));
      else settle(({ reject }) => reject(new ProgramFailure(reply.stage, reply.message)));
    });
    worker.on('error', (error: Error) => failed(new ProgramFailure('memory', error.message)));
    worker.on('exit', () => failed(new ProgramFailure('memory', 'its thread ended')));
    return worker;
  }

  return {
    run(job, signal) {
      if (signal.aborted || isDisposed) return Promise.reject(new CanceledError({ what: 'The request' }));
      if (queue.length >= maxWaiting) {
        return Promise.reject(new OverloadedError({ retryAfterMs: 1000, message: 'Too many prompts wait to be made ready.' }));
      }
      return new Promise((resolve, reject) => {
        const waiting: Waiting = {
          job,
          resolve: (result) => settleWith(() => resolve(result)),
          reject: (error) => settleWith(() => reject(error)),
        };
        const leave = () => {
          const place = queue.indexOf(waiting);
          if (place >= 0) queue.splice(place, 1);
          waiting.reject(new CanceledError({ what: 'The request' }));
        };
        const settleWith = (act: () => void) => {
          signal.removeEventListener('abort', leave);
          act();
        };
        signal.addEventListener('abort', leave, { once: true });
        queue.push(waiting);
        next();
      });
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      clearTimeout(timer);
      for (const { reject } of [...queue.splice(0), ...(running ? [running] : [])]) reject(new CanceledError({ what: 'The request' }));
      const worker = thread;
      thread = null;
      await worker?.terminate();
    },
  };
}

function threadEntry(): URL {
  // The bundle that build.ts makes has it beside every other file.
  return new URL(import.meta.url.endsWith('.ts') ? './program-thread.ts' : './chat-programs.js', import.meta.url);
}
