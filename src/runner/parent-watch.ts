import { Worker } from 'node:worker_threads';

/**
 * Ends this process once its parent is gone, even while a native run or a stranger's regular expression holds the main
 * thread, which then cannot see that the channel closed.
 *
 * The thread gets its program as text: from a file that Node first has to strip of types it would take 30 MB instead of 10.
 */
export function watchParent(): void {
  const watcher = new Worker(`(${endWithParent})()`, { eval: true, workerData: process.ppid });
  watcher.unref();
}

/** Runs in the thread, so it may use nothing from this file. An orphan is adopted: its parent's id changes. */
function endWithParent(): void {
  const { workerData: parentId } = process.getBuiltinModule('node:worker_threads');
  setInterval(() => {
    if (process.ppid !== parentId) process.kill(process.pid, 'SIGKILL');
  }, 1000);
}
