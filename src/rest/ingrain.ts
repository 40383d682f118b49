import { fastapiErrors } from './fastapi.ts';
import { otherFailure } from './ingrain-errors.ts';
import { inferenceRoutes } from './ingrain-inference-routes.ts';
import { loadRoutes } from './ingrain-load-routes.ts';
import { metricsBody } from './ingrain-metrics.ts';
import { modelRoutes } from './ingrain-model-routes.ts';
import { inSnakeCase } from './ingrain-requests.ts';
import { messageResponse, metricsResponse } from './ingrain-responses.ts';
import { IngrainMetricsDocument } from './operations.generated.ts';
import { customRoute, type FamilyErrors, type Route, type RouteFamily, route } from './route.ts';

const errors: FamilyErrors = {
  ...fastapiErrors,
  // The issues name fields in snake_case, so that is how the body must be looked at.
  invalid: (part, input, issues) => fastapiErrors.invalid(part, part === 'body' ? inSnakeCase(input) : input, issues),
};

const metricsRoute = route({
  method: 'GET',
  path: '/metrics',
  operationId: 'metrics',
  answer: metricsResponse,
  summary: "Counters of each loaded model: Ingrain's JSON; where `Accept` names Prometheus' text, all of the server's metrics in that.",
  body: null,
  query: null,
  hasPrometheusText: true,
  document: IngrainMetricsDocument,
  toVariables: () => ({}),
  toAnswer: (data) => ({ status: 200, body: metricsBody(data) }),
  onError: (failure) => otherFailure(failure, (reason) => reason),
});

/** Ingrain's inference server (port 8686). On a port that serves every family it comes before the model server, so that `/health` is this one's. */
export const ingrainInference: RouteFamily = {
  name: 'ingrain-inference',
  title: 'Ingrain: inference server',
  prefixes: ['/ingrain', '/ingrain/inference'],
  errors,
  routes: [healthRoute('The inference server is running.'), ...inferenceRoutes, metricsRoute],
};

/** Ingrain's model server (port 8687). */
export const ingrainModels: RouteFamily = {
  name: 'ingrain-models',
  title: 'Ingrain: model server',
  prefixes: ['/ingrain', '/ingrain/models'],
  errors,
  routes: [healthRoute('The model server is running.'), ...loadRoutes, ...modelRoutes],
};

/** Exactly one member: the Python client refuses any other. */
function healthRoute(message: string): Route {
  return customRoute({
    method: 'GET',
    path: '/health',
    operationId: 'health',
    summary: 'Says that the server runs.',
    answer: messageResponse,
    body: null,
    query: null,
    isOpen: true,
    run: () => ({ status: 200, body: { message } }),
    onError: (failure) => otherFailure(failure, (reason) => reason),
  });
}
