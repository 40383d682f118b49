import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';

const quantiles = { '0.5': 50, '0.9': 90, '0.99': 99, '1': 100 };

/** How long the event loop sleeps between two looks at its delay, in milliseconds. */
const resolutionMs = 20;

/** What this process takes, and whether its event loop is free. Disposing ends the measurement of the delay. */
export function addProcessMetrics(register: Registry, { startedAt }: { startedAt: Date }): Disposable {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  let utilization = performance.eventLoopUtilization();

  gauge('process_resident_memory_bytes', "Memory of the server's own process; runners are counted apart.", (self) =>
    self.set(process.memoryUsage.rss()),
  );
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of this process, user and system.',
    registers: [register],
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  gauge('process_start_time_seconds', 'When the server started, in seconds since 1970.', (self) => self.set(startedAt.getTime() / 1000));
  gauge('nodejs_heap_size_used_bytes', 'JavaScript memory in use.', (self) => self.set(process.memoryUsage().heapUsed));
  gauge('modelkeep_event_loop_utilization_ratio', 'Share of the time since the last scrape that the event loop was busy.', (self) => {
    const now = performance.eventLoopUtilization();
    self.set(performance.eventLoopUtilization(now, utilization).utilization);
    utilization = now;
  });
  gauge(
    'modelkeep_event_loop_delay_seconds',
    'How late the event loop was since the last scrape; quantile 1 is the worst.',
    (self) => {
      for (const [quantile, percentile] of Object.entries(quantiles)) self.set({ quantile }, lateness(delay, percentile));
      delay.reset();
    },
    ['quantile'],
  );

  function gauge(name: string, help: string, collect: (self: Gauge) => void, labelNames: string[] = []): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [register],
      collect() {
        collect(this);
      },
    });
  }

  return { [Symbol.dispose]: () => void delay.disable() };
}

/** What is measured includes the pause itself; without a measurement yet it is 0. */
function lateness(delay: ReturnType<typeof monitorEventLoopDelay>, percentile: number): number {
  if (delay.count === 0) return 0;
  return Math.max(0, delay.percentile(percentile) / 1e9 - resolutionMs / 1000);
}
