import { type OpenMetricsContentType, Registry } from 'prom-client';

/** What a registry asks of a metric when it writes it down; the library's types do not say it. */
interface Readable {
  name: string;
  type: string;
  get(): Promise<{ name: string }>;
  getForPromString?(): Promise<{ name: string }>;
}

/**
 * The same metrics for a scrape in OpenMetrics' format. They are wrapped, because the library takes `_total` off the names of
 * the counters that it writes, and leaves them so for the next scrape in the other format.
 */
export function openMetricsOf(registry: Registry): Registry {
  const other = new Registry<OpenMetricsContentType>();
  other.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  // Metrics are typed for one format alone.
  const copy = other as unknown as Registry;
  for (const metric of registry.getMetricsAsArray() as unknown as Readable[]) copy.registerMetric(wrapped(metric) as never);
  return copy;
}

function wrapped(metric: Readable): Readable {
  const { name, type } = metric;
  const wrapper: Readable = {
    name,
    type,
    get: async () => ({ ...(await (metric.getForPromString?.() ?? metric.get())), name: wrapper.name }),
  };
  return wrapper;
}
