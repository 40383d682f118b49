import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CanceledError, errorFromWire, OverloadedError } from '../../errors.ts';
import type { ProgramJob, ProgramReply, ProgramResults } from './program-job.ts';

/** Runs strangers' programs one after the other in a process of their own, within bounds of time and memory. */
export interface ProgramRunner extends AsyncDisposable {
  /** Throws `ProgramFailure`, INVALID_INPUT, OVERLOADED where many wait, CANCELED. A program that runs too long is ended. */
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
  /** How long the process stays with nothing to do. */
  idleMs?: number;
}

interface Waiting {
  job: ProgramJob;
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

/** What a program may have of memory, in MiB: prompts have a few. */
const heapMiB = 192;
/** How much later than its own limit the process is ended from outside: where even that was kept from it. */
const graceMs = 1000;

/** The process starts with the first job. */
export function createProgramRunner({ timeoutMs = 2000, maxWaiting = 256, idleMs = 300_000 }: ProgramRunnerOptions = {}): ProgramRunner {
  const queue: Waiting[] = [];
  let process: ChildProcess | null = null;
  let running: Waiting | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isDisposed = false;

  function next(): void {
    if (running) return;
    clearTimeout(timer);
    running = queue.shift() ?? null;
    if (running) {
      process ??= start();
      process.channel?.ref();
      process.send({ job: running.job, timeoutMs });
    } else if (process) {
      // A runner that has nothing else to do may end.
      process.channel?.unref();
      timer = setTimeout(stop, idleMs).unref();
    }
  }

  function stop(): void {
    process?.kill('SIGKILL');
    process = null;
  }

  function settle(act: (waiting: Waiting) => void): void {
    const waiting = running;
    running = null;
    if (waiting) act(waiting);
    if (!isDisposed) next();
  }

  function start(): ChildProcess {
    const child = fork(entry(), [], {
      execArgv: [`--max-old-space-size=${heapMiB}`],
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.unref();
    const failed = (failure: ProgramFailure) => {
      if (process !== child) return;
      stop();
      settle(({ reject }) => reject(failure));
    };
    child.on('message', (reply: ProgramReply) => {
      if (process !== child) return;
      if (reply.type === 'started') {
        // Only now: a machine at its limits takes its time to start a process.
        timer = setTimeout(() => failed(new ProgramFailure('time', `it ran longer than ${timeoutMs} ms`)), timeoutMs + graceMs);
      } else if (reply.type === 'done') settle(({ resolve }) => resolve(reply.result as never));
      else settle(({ reject }) => reject(reply.error ? errorFromWire(reply.error) : new ProgramFailure(reply.stage, reply.message)));
    });
    child.on('error', (error) => failed(new ProgramFailure('memory', error.message)));
    child.on('exit', () => failed(new ProgramFailure('memory', 'its process ended')));
    return child;
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
      const child = process;
      stop();
      child?.ref();
      if (child && child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
    },
  };
}

function entry(): string {
  // The bundle that build.ts makes has it beside every other file.
  return fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './program-process.ts' : './chat-programs.js', import.meta.url));
}
