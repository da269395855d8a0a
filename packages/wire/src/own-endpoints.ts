/**
 * Endpoints that are Skein's own: what the other APIs have no word for. Same keys, same forms of errors; each is described in `docs/`, beside
 * the feature that it belongs to. Keys that are bound to some indexes may use none that reads or changes documents.
 */
import type { Endpoint } from './endpoints.ts';
import type { Acl } from './keys.ts';

function own(
  operationId: string,
  route: `${Endpoint['method']} /${string}`,
  acl: readonly Acl[],
  note?: string,
): Endpoint {
  const [method, path] = route.split(' ') as [Endpoint['method'], string];
  return { operationId, method, path, acl, status: 'implemented', note, legacy: false };
}

export const OWN_ENDPOINTS: readonly Endpoint[] = [
  own('listAggregations', 'GET /1/aggregations', ['settings']),
  own('getAggregation', 'GET /1/aggregations/{name}', ['settings']),
  own('saveAggregation', 'PUT /1/aggregations/{name}', ['editSettings']),
  own('deleteAggregation', 'DELETE /1/aggregations/{name}', ['editSettings']),
  own('runAggregation', 'POST /1/aggregations/{name}/run', ['editSettings']),
  own('rebuildAggregation', 'POST /1/aggregations/{name}/rebuild', ['editSettings']),
  own('latestAggregate', 'POST /1/aggregations/{name}/latest', ['browse']),
  own('browseSnapshots', 'POST /1/aggregations/{name}/snapshots', ['browse']),
  own('verifyAggregation', 'POST /1/aggregations/{name}/verify', ['settings']),
  own('insertDocuments', 'POST /1/collections/{name}/documents', ['addObject']),
  own('listSearchableCollections', 'GET /1/searchable-collections', ['settings']),
  own('getSearchableCollection', 'GET /1/searchable-collections/{indexName}', ['settings']),
  own('saveSearchableCollection', 'PUT /1/searchable-collections/{indexName}', ['editSettings']),
  own('getCluster', 'GET /1/cluster', ['admin']),
  own('addClusterMember', 'POST /1/cluster/members', ['admin']),
  own('removeClusterMember', 'DELETE /1/cluster/members/{member}', ['admin']),
  own('dropSearchableCollection', 'DELETE /1/searchable-collections/{indexName}', ['editSettings']),
];
