import { systemClock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';
import { startRunnerProcess } from '../../src/scheduler/runner-process.ts';
import { embedWork } from './test-engine-work.ts';

/** A process that starts a runner on the folder of its first argument, to be killed: tells the runner's id once it is ready. */
const [folder = '', state] = process.argv.slice(2);

const runner = startRunnerProcess({
  entry: new URL('./test-engine-runner.ts', import.meta.url).pathname,
  threads: 1,
  clock: systemClock,
  log: createLog({ level: 'silent' }),
  onReply(reply) {
    if (reply.type !== 'loaded') return;
    if (state === 'hang') runner.send({ type: 'run', parcelId: 1, work: embedWork(['hang']) });
    process.send?.(runner.pid);
  },
});
runner.send({ type: 'load', folder, threads: 1, maxBatchTokens: 16 });
