import { Counter, Gauge, type Registry } from 'prom-client';

export interface TaskReport {
  id: string;
  kind: string;
  state: string;
}

const ends = ['SUCCEEDED', 'FAILED', 'CANCELED'];

/** Tasks by kind and state. Answers what reports a change. */
export function addTaskMetrics(register: Registry): (task: TaskReport) => void {
  const active = new Map<string, TaskReport>();
  const registers = [register];
  new Gauge({
    name: 'modelkeep_tasks',
    help: 'Tasks that wait (QUEUED) or run (RUNNING).',
    labelNames: ['kind', 'state'],
    registers,
    collect() {
      this.reset();
      for (const { kind, state } of active.values()) this.inc({ kind, state });
    },
  });
  const finished = new Counter({
    name: 'modelkeep_tasks_finished_total',
    help: 'Tasks that ended, by how.',
    labelNames: ['kind', 'state'],
    registers,
  });
  return ({ id, kind, state }) => {
    if (!ends.includes(state)) active.set(id, { id, kind, state });
    // Told again after it ended, e.g. once it was cleaned up, a task counts once.
    else if (active.delete(id)) finished.inc({ kind, state });
  };
}
