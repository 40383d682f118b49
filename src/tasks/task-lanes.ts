import type { TaskKind } from './task.ts';
import type { Attempt } from './task-attempt.ts';

/** Lets at most so many attempts of one kind run at once; the others wait in the order in which they came. */
export interface TaskLanes {
  enter(kind: TaskKind, limit: number, attempt: Attempt): void;
  /** Nothing that waits is started any more. */
  close(): void;
}

export function createTaskLanes(): TaskLanes {
  const lanes = new Map<TaskKind, { running: number; waiting: Attempt[] }>();
  let isClosed = false;

  function advance(lane: { running: number; waiting: Attempt[] }, limit: number): void {
    while (!isClosed && lane.running < limit) {
      const attempt = lane.waiting.shift();
      if (!attempt) return;
      lane.running += 1;
      // One that was cancelled while it waited has settled already, and running it does nothing.
      attempt.run();
      void attempt.settled.then(() => {
        lane.running -= 1;
        advance(lane, limit);
      });
    }
  }

  return {
    enter(kind, limit, attempt) {
      const lane = lanes.get(kind) ?? { running: 0, waiting: [] };
      lanes.set(kind, lane);
      lane.waiting.push(attempt);
      advance(lane, limit);
    },
    close() {
      isClosed = true;
    },
  };
}
