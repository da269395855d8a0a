/** What is not Algolia's: health, metrics, and what the search page needs to know. */
import { setTimeout } from 'node:timers/promises';
import type { Json } from '@skein/base';
import { json } from '../http/api-request.ts';
import type { Route } from '../http/router.ts';
import type { ProbeReport } from '../probes/probe.ts';
import { healthOf } from './member-health.ts';
import type { MemberPort } from './member-port.ts';

export interface SystemContext {
  readonly member: MemberPort;
  /** Undefined: this machine is alone. */
  readonly cluster?: { readonly member: string; readonly lagMsMax: number } | undefined;
  /** How long the builder has been away; 0 while it is there. Milliseconds. */
  readonly builderAwayMs: () => number;
  /** It is about to stop, and answers until clients have gone elsewhere. */
  readonly isLeaving?: (() => boolean) | undefined;
  /** Those that are not fine. */
  readonly probes?: (() => readonly ProbeReport[]) | undefined;
  /** Metrics of all processes as text, and their content type. */
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>;
  readonly page:
    | { readonly applicationId: string; readonly searchKey: string; readonly routes: readonly Route[] }
    | undefined;
}

/** Looked for when nobody can tell which indexes there are. */
const DEMO_INDEXES = ['movies', 'cities'];

/** Indexes that a loader or a client's `replaceAllObjects` fills before it moves them to their place. */
const BEING_FILLED = /_(loading|tmp_\d+)$/;

/** How long the page waits for a builder that is just starting. */
const builderWaitMs = 1000;

export function systemRoutes(context: SystemContext): readonly Route[] {
  const { member, page, cluster } = context;
  const health: Route = {
    method: 'GET',
    pattern: '/health',
    name: 'health',
    // Searches are answered without the builder, so that its absence alone makes the server no less healthy.
    handler: () => {
      const { builderConnected, progress } = member;
      const builderAwayMs = builderConnected ? 0 : context.builderAwayMs();
      const isLeaving = context.isLeaving?.() === true;
      const health = healthOf({ cluster, progress, builderConnected, builderAwayMs, isLeaving });
      const probes = (context.probes?.() ?? []) as unknown as Json;
      return json({ ...health, probes }, health.status === 'available' ? 200 : 503);
    },
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
  const { applicationId } = page;
  let namesLast: readonly string[] = [];
  /** The page only reads, so it opens also while the builder, who knows the list, is away: with the names as they were last. */
  const indexNames = async (): Promise<readonly string[]> => {
    const known = new Set([...DEMO_INDEXES, ...namesLast]);
    const readable = (name: string): boolean => {
      try {
        return member.index(applicationId, name) !== undefined;
      } catch {
        // Damaged: told in the log, and to who searches it.
        return false;
      }
    };
    const fallback = member.builderConnected ? [] : [...known].filter(readable);
    const listed = member.listIndexes(applicationId).then((indexes) => {
      namesLast = indexes.map(({ name }) => name);
      return namesLast;
    });
    if (fallback.length === 0) return listed;
    const patience = setTimeout(builderWaitMs, fallback, { ref: false });
    return Promise.race([listed.catch(() => fallback), patience]);
  };
  const pageConfig: Route = {
    method: 'GET',
    pattern: '/skein/page-config.json',
    name: 'pageConfig',
    handler: async () => {
      const names = await indexNames();
      const answer = json({
        applicationId,
        searchKey: page.searchKey,
        indexes: names.filter((name) => !BEING_FILLED.test(name)).sort(),
      });
      // Pages of other sites that a person happens to visit shall not learn the key of a server on their machine.
      return { ...answer, headers: { 'Cache-Control': 'no-store' }, sameOriginOnly: true };
    },
  };
  return [health, metrics, pageConfig, ...page.routes];
}
