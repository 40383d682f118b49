/** The text formats that a Prometheus server asks for. */
export type PrometheusFormat = 'text/plain' | 'application/openmetrics-text';

/**
 * Which metrics an `Accept` header asks for: Prometheus text only where it is named and JSON is not named as well or better, because
 * HTTP clients for JSON send `application/json, text/plain, *\/*`. Null stands for the route's JSON.
 */
export function acceptedFormat(accept: string | undefined): PrometheusFormat | null {
  const weights = new Map((accept ?? '').split(',').map(mediaRange));
  const weight = (type: string) => weights.get(type) ?? 0;
  const best = weight('application/openmetrics-text') > weight('text/plain') ? 'application/openmetrics-text' : 'text/plain';
  return weight(best) > weight('application/json') ? best : null;
}

/** Type and weight of one part, e.g. `text/plain;version=0.0.4;q=0.5`. */
function mediaRange(part: string): [type: string, weight: number] {
  const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  return [type, weight === undefined ? 1 : Number(weight.slice(2)) || 0];
}
