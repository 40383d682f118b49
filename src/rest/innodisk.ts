import { failureAnswer, innodiskErrors } from './innodisk-errors.ts';
import { fileRoutes } from './innodisk-file-routes.ts';
import { modelRoutes } from './innodisk-model-routes.ts';
import { documentWording, programWording } from './innodisk-wording.ts';
import { customRoute, type RouteFamily } from './route.ts';

/** Innodisk's model handler: the paths of its document, and those of its program, which differ. */
export const innodisk: RouteFamily = {
  name: 'innodisk',
  title: 'Innodisk: model handler',
  prefixes: ['/model_handler'],
  errors: innodiskErrors,
  routes: [
    customRoute({
      method: 'GET',
      path: '/',
      operationId: 'alive',
      summary: "Says that the server runs; the product's client asks this first.",
      body: null,
      query: null,
      isOpen: true,
      onError: failureAnswer,
      run: () => ({ status: 200, body: { status: 'alive', message: 'Model handler is alive.' } }),
    }),
    ...modelRoutes({ path: '/models/', suffix: '', wording: documentWording, deletesBy: 'body' }),
    ...fileRoutes({ paths: ['/models/upload/', '/models/deploy/'], suffix: '', wording: documentWording }),
    ...modelRoutes({ path: '/model/', suffix: 'OfProgram', wording: programWording, deletesBy: 'query' }),
    ...fileRoutes({ paths: ['/upload/', '/deploy/'], suffix: 'OfProgram', wording: programWording }),
  ],
};
