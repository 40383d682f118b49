import { createOpenApi } from './openapi.ts';
import { customRoute, type Route, type RouteFamily, type RouteMethod } from './route.ts';

/** Where a request goes; `family` words the refusals. */
export type RouteMatch =
  | { kind: 'route'; family: RouteFamily; route: Route; parameters: Record<string, string> }
  | { kind: 'wrongMethod'; family: RouteFamily; allowed: RouteMethod[] }
  /** The same path with its trailing slash added or removed. */
  | { kind: 'redirect'; family: RouteFamily; path: string }
  | { kind: 'unknown'; family: RouteFamily };

export interface Router {
  /** Looks a raw path up, without its query: percent signs and slashes count as they are. */
  find(method: string, path: string): RouteMatch;
}

interface Entry {
  family: RouteFamily;
  route: Route;
  pattern: RegExp | null;
}

export interface RouterOptions {
  /** In order of precedence: where two have the same method and path, the first answers. */
  families: readonly [RouteFamily, ...RouteFamily[]];
  /** Whether the families are also found under their prefixes; a dedicated listener has its family at the root alone. */
  hasPrefixes: boolean;
}

/** The routes of one listener. */
export function createRouter({ families, hasPrefixes }: RouterOptions): Router {
  const fixed = new Map<string, Entry[]>();
  const parametrised: Entry[] = [];
  const mounts = [...new Set(hasPrefixes ? ['', ...families.flatMap(({ prefixes }) => prefixes)] : [''])];

  for (const mount of mounts) {
    const mounted = families.filter(({ prefixes }) => mount === '' || prefixes.includes(mount));
    for (const family of mounted) {
      for (const route of family.routes) add(mount + route.path, { family, route, pattern: patternOf(mount + route.path) });
    }
    const [first] = mounted;
    if (first) add(`${mount}/openapi.json`, { family: first, route: openApiRoute(mounted, mount), pattern: null });
  }

  function add(path: string, entry: Entry): void {
    if (entry.pattern) parametrised.push(entry);
    else fixed.set(path, [...(fixed.get(path) ?? []), entry]);
  }

  /** Fixed paths win over those with parameters. */
  function entriesAt(path: string): Entry[] {
    return [...(fixed.get(path) ?? []), ...parametrised.filter(({ pattern }) => pattern?.test(path))];
  }

  function familyOf(path: string): RouteFamily {
    const [fallback] = families;
    if (!hasPrefixes) return fallback;
    const owns = (family: RouteFamily) => family.prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
    return families.find(owns) ?? fallback;
  }

  return {
    find(method, path) {
      const entries = entriesAt(path);
      const found = entries.find(({ route }) => route.method === method);
      if (found) {
        const parameters = found.pattern?.exec(path)?.groups ?? {};
        return { kind: 'route', family: found.family, route: found.route, parameters: decodeAll(parameters) };
      }
      const toggled = path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
      // A path's own slash is nearer than a parameter that happens to fit.
      const exact = fixed.has(path) ? undefined : fixed.get(toggled)?.find(({ route }) => route.method === method);
      if (exact) return { kind: 'redirect', family: exact.family, path: toggled };
      const [other] = entries;
      if (other)
        return { kind: 'wrongMethod', family: other.family, allowed: [...new Set(entries.map(({ route }) => route.method))].sort() };
      const [near] = toggled === '' ? [] : entriesAt(toggled);
      if (near) return { kind: 'redirect', family: near.family, path: toggled };
      return { kind: 'unknown', family: familyOf(path) };
    },
  };
}

function openApiRoute(families: readonly RouteFamily[], mount: string): Route {
  return customRoute({
    method: 'GET',
    path: '/openapi.json',
    operationId: 'openApi',
    summary: 'This document',
    body: null,
    query: null,
    run: () => ({ status: 200, body: createOpenApi(families, mount) }),
    onError: ({ message }) => ({ status: 500, body: message }),
  });
}

/** Null for a path without parameters. */
function patternOf(path: string): RegExp | null {
  if (!path.includes('{')) return null;
  const literal = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}

function decodeAll(parameters: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, text]) => [name, decode(text)]));
}

/** A malformed escape stays as it is: it is a name that nothing has. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
