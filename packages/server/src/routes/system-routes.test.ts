import type { Progress } from '@skein/member';
import { ApiError } from '@skein/wire';
import { expect, test } from 'vitest';
import type { ApiRequest } from '../http/api-request.ts';
import type { MemberPort } from './member-port.ts';
import { systemRoutes } from './system-routes.ts';

const request: ApiRequest = {
  method: 'GET',
  params: {},
  query: new URLSearchParams(),
  headers: {},
  body: Buffer.alloc(0),
  clientAddress: '127.0.0.1',
  startedAtMs: 0,
};

const ALONE: Progress = { published: 7, state: 'local', quorum: true, lagMs: 0, format: 1 };

/** A member with indexes of these names, whose builder comes and goes. */
function memberWith(names: readonly string[], state: { builder: 'present' | 'away' }): MemberPort {
  const unused = (): never => {
    throw new Error('not part of this test');
  };
  const view = { search: unused, searchFacetValues: unused, get: unused, browse: unused };
  return {
    application: unused,
    index: (_application, name) => {
      if (name === 'cities') throw new ApiError('index-damaged', { index: name });
      return names.includes(name) ? { settings: {}, view } : undefined;
    },
    whenAtHand: unused,
    propose: unused,
    transact: unused,
    verifyAggregation: unused,
    isPublished: unused,
    searchables: unused,
    listIndexes: async () => {
      if (state.builder === 'away') throw new ApiError('write-unavailable');
      return names.map((name) => ({
        name,
        createdAtMs: 0,
        updatedAtMs: 0,
        recordCount: 0,
        fileBytes: 0,
        lastBuildTimeS: 0,
        pendingTaskCount: 0,
      }));
    },
    progress: ALONE,
    whenPublished: unused,
    cluster: unused,
    changeMembers: unused,
    get builderConnected() {
      return state.builder === 'present';
    },
  };
}

async function pageIndexes(routes: ReturnType<typeof systemRoutes>): Promise<unknown> {
  const route = routes.find(({ name }) => name === 'pageConfig');
  const answer = await route?.handler(request);
  const config: unknown = JSON.parse(String(answer?.body));
  return typeof config === 'object' && config !== null && 'indexes' in config ? config.indexes : undefined;
}

const builderAwayMs = (): number => 0;
const page = { applicationId: 'A', searchKey: 'k', routes: [] };
const metrics = async (): Promise<{ text: string; contentType: string }> => ({ text: '', contentType: '' });

test('the page opens while the builder is away: with the names it saw last, or with the demo indexes', async () => {
  const state: { builder: 'present' | 'away' } = { builder: 'present' };
  const member = memberWith(['shop', 'movies', 'shop_tmp_1'], state);
  const routes = systemRoutes({ member, builderAwayMs, metrics, page });
  expect(await pageIndexes(routes)).toEqual(['movies', 'shop']);
  state.builder = 'away';
  expect(await pageIndexes(routes)).toEqual(['movies', 'shop']);
  expect(await pageIndexes(systemRoutes({ member, builderAwayMs, metrics, page }))).toEqual(['movies']);
});

test('without the builder and without a known index the page is told to try again', async () => {
  const routes = systemRoutes({
    member: memberWith(['shop'], { builder: 'away' }),
    builderAwayMs,
    metrics,
    page,
  });
  await expect(pageIndexes(routes)).rejects.toThrow(ApiError);
});
