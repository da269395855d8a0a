/** All routes of the API, made from wire's tables: what they call implemented has a handler here, or the server does not start. */
import { assert } from '@skein/base';
import { ApiError, ENDPOINTS, type Endpoint, OTHER_ENDPOINTS, OWN_ENDPOINTS } from '@skein/wire';
import { type Handler, json } from '../http/api-request.ts';
import { METHODS, type Route } from '../http/router.ts';
import * as cluster from './cluster-handlers.ts';
import * as documents from './document-handlers.ts';
import { type ApiContext, type CallHandler, endpointHandler } from './endpoint-handler.ts';
import * as keys from './key-handlers.ts';
import * as searches from './search-handlers.ts';
import * as searchables from './searchable-handlers.ts';
import * as writes from './write-handlers.ts';

const HANDLERS: Readonly<Record<string, CallHandler>> = {
  searchSingleIndex: searches.searchSingleIndex,
  searchGet: searches.searchGet,
  search: searches.search,
  searchForFacetValues: searches.searchForFacetValues,
  browse: searches.browse,
  browseGet: searches.browseGet,
  getObject: searches.getObject,
  getObjects: searches.getObjects,
  saveObject: writes.saveObject,
  addOrUpdateObject: writes.addOrUpdateObject,
  partialUpdateObject: writes.partialUpdateObject,
  deleteObject: writes.deleteObject,
  batch: writes.batch,
  multipleBatch: writes.multipleBatch,
  clearObjects: writes.clearObjects,
  deleteIndex: writes.deleteIndex,
  deleteBy: writes.deleteBy,
  getSettings: writes.getSettings,
  setSettings: writes.setSettings,
  operationIndex: writes.operationIndex,
  getTask: writes.getTask,
  getAppTask: writes.getTask,
  listIndices: writes.listIndices,
  listApiKeys: keys.listApiKeys,
  getApiKey: keys.getApiKey,
  addApiKey: keys.addApiKey,
  updateApiKey: keys.updateApiKey,
  deleteApiKey: keys.deleteApiKey,
  restoreApiKey: keys.restoreApiKey,
  getCluster: cluster.getCluster,
  addClusterMember: cluster.addClusterMember,
  removeClusterMember: cluster.removeClusterMember,
  saveSearchableCollection: searchables.saveSearchableCollection,
  dropSearchableCollection: searchables.dropSearchableCollection,
  getSearchableCollection: searchables.getSearchableCollection,
  listSearchableCollections: searchables.listSearchableCollections,
  listAggregations: documents.listAggregations,
  getAggregation: documents.getAggregation,
  saveAggregation: documents.saveAggregation,
  deleteAggregation: documents.deleteAggregation,
  runAggregation: documents.runAggregation,
  rebuildAggregation: documents.rebuildAggregation,
  latestAggregate: documents.latestAggregate,
  browseSnapshots: documents.browseSnapshots,
  verifyAggregation: documents.verifyAggregation,
  insertDocuments: documents.insertDocuments,
};

export function apiRoutes(context: ApiContext): readonly Route[] {
  const routes: Route[] = [];
  const taken = new Set<string>();
  const add = (route: Route): void => {
    // Several APIs may use one path: the first, which is the search API's, has it.
    const place = `${route.method} ${route.pattern.replaceAll(/\{\w+\}/g, '{}')}`;
    if (taken.has(place)) return;
    taken.add(place);
    routes.push(route);
  };
  for (const endpoint of [...ENDPOINTS, ...OWN_ENDPOINTS]) {
    const { method, path, operationId } = endpoint;
    const handler = operationId === 'isAlive' ? isAlive : handlerOf(endpoint, context);
    add({ method, pattern: path, name: operationId, handler });
  }
  for (const line of Object.values(OTHER_ENDPOINTS).flat()) {
    const [verb = '', path = '', operationId = ''] = line.split(' ');
    const method = METHODS.find((each) => each === verb);
    assert(method !== undefined, `${line}: a method that is routed`);
    add({
      method,
      pattern: path,
      name: operationId,
      handler: endpointHandler({ acl: [], path: '' }, notYet(`${verb} ${path}`), context),
    });
  }
  return routes;
}

function handlerOf(endpoint: Endpoint, context: ApiContext): Handler {
  const { operationId, method, path, status } = endpoint;
  if (status === 'not yet') return endpointHandler(endpoint, notYet(`${method} ${path}`), context);
  const handle = HANDLERS[operationId];
  assert(handle !== undefined, `${operationId} has a handler`);
  return endpointHandler(endpoint, handle, context);
}

function notYet(endpoint: string): CallHandler {
  return () => {
    throw new ApiError('not-yet', { endpoint });
  };
}

const isAlive: Handler = () => json({ message: 'server is alive' });
