import { z } from 'zod';
import type { Route, RouteFamily } from './route.ts';

/** An OpenAPI 3.1 document of the routes below one prefix, made from the schemas that check them. */
export function createOpenApi(families: readonly RouteFamily[], mount: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const family of families) {
    for (const route of family.routes) {
      const path = mount + route.path;
      const operations = paths[path] ?? {};
      paths[path] = operations;
      // The first family that has a path answers it.
      operations[route.method.toLowerCase()] ??= operationOf(route, family);
    }
  }
  const title = families.map((family) => family.title).join(', ');
  return {
    openapi: '3.1.0',
    info: { title: `Modelkeep: ${title}`, version: '1' },
    paths,
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
  };
}

function operationOf(route: Route, family: RouteFamily): object {
  const bodyType = route.reads === 'FILES' ? 'multipart/form-data' : 'application/json';
  const requestBody = route.body && { required: true, content: { [bodyType]: { schema: jsonSchema(route.body) } } };
  const parameters = [...pathParameters(route.path), ...(route.query ? queryParameters(route.query) : [])];
  return {
    operationId: `${family.name}-${route.operationId}`,
    summary: route.summary,
    tags: [family.title],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(requestBody ? { requestBody } : {}),
    responses: {
      200: { description: 'Done.', content: { 'application/json': { schema: route.answer ? jsonSchema(route.answer) : {} } } },
      ...(requestBody || route.query ? { 422: { description: 'The request does not fit.' } } : {}),
    },
    security: route.isOpen ? [] : [{ key: [] }],
  };
}

function pathParameters(path: string): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters(schema: z.ZodType): object[] {
  const { properties = {}, required = [] } = jsonSchema(schema) as { properties?: Record<string, object>; required?: string[] };
  return Object.entries(properties).map(([name, property]) => ({ name, in: 'query', required: required.includes(name), schema: property }));
}

/** What a client may send: coercions and defaults are the server's business. */
function jsonSchema(schema: z.ZodType): object {
  const { $schema: _dialect, ...bare } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return bare;
}
