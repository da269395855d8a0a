/**
 * Which handler answers a method and a path. Patterns are written as Algolia's reference writes them
 * (`/1/indexes/{indexName}/query`); a segment `*` is that very character, and wins over `{indexName}`.
 * Percent-encoding is undone per segment, so that names may hold `/`, `?` and `%2F`.
 */
import FindMyWay from 'find-my-way';
import type { Handler } from './api-request.ts';

export const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

export interface Route {
  readonly method: Method;
  readonly pattern: string;
  /** For logs and metrics: says what was asked without names or values. */
  readonly name: string;
  readonly handler: Handler;
}

export type RouteMatch =
  | {
      readonly kind: 'found';
      readonly route: Route;
      readonly params: Readonly<Record<string, string | undefined>>;
    }
  | { readonly kind: 'other-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'nothing' };

/** Longest name in a path, decoded; a longer one matches no route. */
const paramCharactersMax = 16_384;

export class Router {
  readonly #router = FindMyWay({ maxParamLength: paramCharactersMax, onBadUrl: () => undefined });

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      // The library finds a route; its own calling of handlers is not used, the route travels as the store.
      this.#router.on(route.method, libraryPattern(route.pattern), () => undefined, route);
    }
  }

  /** `path` as it came, without the query string. */
  find(method: string, path: string): RouteMatch {
    const known = METHODS.find((each) => each === (method === 'HEAD' ? 'GET' : method));
    const found = known === undefined ? undefined : this.#find(known, path);
    if (found !== undefined) return found;
    const allowed = METHODS.filter((each) => this.#find(each, path) !== undefined);
    return allowed.length > 0 ? { kind: 'other-method', allowed } : { kind: 'nothing' };
  }

  #find(method: Method, path: string): RouteMatch | undefined {
    const found = this.#router.find(method, path);
    const route: unknown = found?.store;
    if (found === null || !isRoute(route)) return undefined;
    return { kind: 'found', route, params: found.params };
  }
}

function isRoute(value: unknown): value is Route {
  return typeof value === 'object' && value !== null && 'handler' in value;
}

function libraryPattern(pattern: string): string {
  return pattern
    .split('/')
    .map((segment, at) => {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1];
      if (name !== undefined) return `:${name}`;
      return segment === '*' ? `:star${at}(^\\*$)` : segment;
    })
    .join('/');
}
