import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Clock } from '../clock.ts';
import { scrubbedEnvironment } from '../config.ts';
import type { Log } from '../log.ts';
import { parseFailureReport, type RunnerReply, type RunnerRequest } from '../runner/protocol.ts';
import { createLastWords } from './last-words.ts';

/** One child process that runs one model. */
export interface RunnerProcess extends AsyncDisposable {
  /** The system's id; undefined when it could not even start. */
  readonly pid: number | undefined;
  /** Resolves once the process is gone and its memory is back, with the reason in words. Never rejects. */
  readonly exited: Promise<string>;
  /** Sends a request; one to a process that is gone is dropped, as `exited` tells. */
  send(request: RunnerRequest): void;
  /** Ends it at once. */
  kill(): Promise<void>;
  /** Closes the channel, which ends an idle runner; kills one that is still there after `graceMs`. */
  end(graceMs: number): Promise<void>;
}

export interface RunnerProcessOptions {
  /** The file that the process runs. */
  entry: string;
  /** Threads that tokenisers may use. */
  threads: number;
  onReply: (reply: RunnerReply) => void;
  clock: Clock;
  log: Log;
  /** Requests that it works on now, for lines that do not say which one they are about. */
  requestIds?: () => string[];
}

const longestLine = 2000;
const mostLoggedLines = 1000;
const mostNamedRequests = 8;
/** How long the end of standard error is waited for once the process is gone. */
const lastWordsMs = 500;

/** Starts a runner. It gets no key, no token and no setting of this process. */
export function startRunnerProcess({ entry, threads, onReply, clock, log, requestIds = () => [] }: RunnerProcessOptions): RunnerProcess {
  const child = fork(entry, [], {
    execPath: process.execPath,
    execArgv: [],
    env: scrubbedEnvironment(runnerEnvironment(threads)),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const lastWords = createLastWords();
  let lines = 0;
  const errorsRead = Promise.withResolvers<void>();

  if (child.stderr) {
    const reader = createInterface({ input: child.stderr });
    reader.once('close', errorsRead.resolve);
    reader.on('line', (line) => {
      if (line.trim() === '') return;
      const report = parseFailureReport(line);
      lastWords.hear(report?.cause ?? line);
      lines += 1;
      if (lines > mostLoggedLines) return;
      if (report) log.error({ pid: child.pid, ...report }, 'a runner failed unexpectedly');
      else
        log.warn(
          { pid: child.pid, requestIds: someIds(requestIds()), line: line.slice(0, longestLine) },
          'a runner wrote to standard error',
        );
    });
  }

  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ? `it was killed by ${signal}` : `it exited with code ${code}`));
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(`it could not start: ${error.message}`);
    });
  });
  // Not 'close': that one never comes after this side has closed the channel.
  const exited = ended.then(async (end) => {
    const late = Promise.withResolvers<void>();
    const cancelTimer = clock.setTimeout(late.resolve, lastWordsMs);
    await Promise.race([errorsRead.promise, late.promise]);
    cancelTimer();
    return lastWords.text === '' ? end : `${end}: ${lastWords.text}`;
  });
  child.on('message', (message) => onReply(message as RunnerReply));

  async function kill(): Promise<void> {
    child.kill('SIGKILL');
    await exited;
  }

  return {
    pid: child.pid,
    exited,
    send(request) {
      if (child.connected) child.send(request, () => {});
    },
    kill,
    async end(graceMs) {
      if (child.connected) child.disconnect();
      const cancelKill = clock.setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      cancelKill();
    },
    [Symbol.asyncDispose]: kill,
  };
}

/** A batch may be for hundreds of requests: a line names the first, each once. */
function someIds(ids: readonly string[]): string[] | undefined {
  const some = [...new Set(ids)].slice(0, mostNamedRequests);
  return some.length > 0 ? some : undefined;
}

/** One malloc arena and small thresholds give freed memory back to the system; the tokenisers get as many threads as the model. */
function runnerEnvironment(threads: number): Record<string, string> {
  return {
    RAYON_NUM_THREADS: String(threads),
    TOKENIZERS_PARALLELISM: String(threads > 1),
    MALLOC_ARENA_MAX: '1',
    MALLOC_TRIM_THRESHOLD_: String(128 * 1024),
    MALLOC_MMAP_THRESHOLD_: String(128 * 1024),
  };
}
