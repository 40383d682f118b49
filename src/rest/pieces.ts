import { version } from '../version.ts';
import { piecesErrors, piecesFailure } from './pieces-errors.ts';
import { modelRoutes } from './pieces-model-routes.ts';
import { modelsRoutes } from './pieces-models-routes.ts';
import { customRoute, type Route, type RouteFamily } from './route.ts';

/** The model API of Pieces OS, as its client package and its plugins use it. */
export const pieces: RouteFamily = {
  name: 'pieces',
  title: 'Pieces: models',
  prefixes: ['/pieces'],
  errors: piecesErrors,
  routes: [...modelRoutes, ...modelsRoutes, wellKnown('health', 'ok'), wellKnown('version', version)],
};

/** What plugins ask first. */
function wellKnown(name: 'health' | 'version', text: string): Route {
  return customRoute({
    method: 'GET',
    path: `/.well-known/${name}`,
    operationId: name,
    summary: name === 'health' ? 'Says that the server runs.' : "The server's version.",
    body: null,
    query: null,
    isOpen: name === 'health',
    run: () => ({ status: 200, body: text }),
    onError: piecesFailure,
  });
}
