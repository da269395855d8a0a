/** What is not Algolia's: health, metrics, and what the search page needs to know. */
import { json } from '../http/api-request.ts';
import type { Route } from '../http/router.ts';
import type { MemberPort } from './member-port.ts';

export interface SystemContext {
  readonly member: MemberPort;
  /** Metrics of all processes as text, and their content type. */
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>;
  readonly page:
    | { readonly applicationId: string; readonly searchKey: string; readonly routes: readonly Route[] }
    | undefined;
}

/** Indexes that a loader or a client's `replaceAllObjects` fills before it moves them to their place. */
const BEING_FILLED = /_(loading|tmp_\d+)$/;

export function systemRoutes(context: SystemContext): readonly Route[] {
  const { member, page } = context;
  const health: Route = {
    method: 'GET',
    pattern: '/health',
    name: 'health',
    // Searches are answered without the builder, so that its absence makes the server no less healthy.
    handler: () => json({ status: 'available', writes: member.builderConnected ? 'available' : 'waiting' }),
  };
  const metrics: Route = {
    method: 'GET',
    pattern: '/metrics',
    name: 'metrics',
    handler: async () => {
      const { text, contentType } = await context.metrics();
      return { status: 200, contentType, body: text };
    },
  };
  if (page === undefined) return [health, metrics];
  const pageConfig: Route = {
    method: 'GET',
    pattern: '/skein/page-config.json',
    name: 'pageConfig',
    handler: async () => {
      const indexes = await member.listIndexes(page.applicationId);
      const answer = json({
        applicationId: page.applicationId,
        searchKey: page.searchKey,
        indexes: indexes
          .map(({ name }) => name)
          .filter((name) => !BEING_FILLED.test(name))
          .sort(),
      });
      // Pages of other sites that a person happens to visit shall not learn the key of a server on their machine.
      return { ...answer, headers: { 'Cache-Control': 'no-store' }, sameOriginOnly: true };
    },
  };
  return [health, metrics, pageConfig, ...page.routes];
}
