import type { Observation } from '../observation.ts';
import type { Answer } from '../rest/route.ts';
import type { RouteMatch } from '../rest/router.ts';
import { acceptedFormat, type PrometheusFormat } from './prometheus-accept.ts';

/** The format in which a request asks for the server's metrics; null where it is about something else, or wants JSON. */
export function prometheusFormat(match: RouteMatch | null, accept: string | undefined): PrometheusFormat | null {
  return match?.kind === 'route' && match.route.hasPrometheusText ? acceptedFormat(accept) : null;
}

/** Everything that the server counts of itself. */
export async function answerMetrics(observation: Observation, format: PrometheusFormat): Promise<Answer> {
  const { text, contentType } = await observation.exposeMetrics(format);
  return { status: 200, body: text, headers: { 'content-type': contentType } };
}
