import { chatRoutes } from './afai-chat-routes.ts';
import { generateRoutes } from './afai-generate-routes.ts';
import { modelRoutes } from './afai-model-routes.ts';
import { fastapiErrors } from './fastapi.ts';
import type { RouteFamily } from './route.ts';

/** AFAI's launch and generate API: parameters come as JSON, form or query, in any mix; what has nothing to say answers `null`. */
export const afai: RouteFamily = {
  name: 'afai',
  title: 'AFAI: launch and generate',
  prefixes: ['/afai'],
  errors: fastapiErrors,
  routes: [...modelRoutes, ...generateRoutes, ...chatRoutes],
};
