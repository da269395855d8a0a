export { type AccessProvider, findAccessProvider } from './access/access-providers.ts';
export { authenticate, authenticateRoot, type RootSecret, refresh } from './access/authenticate.ts';
export { authenticateJwt } from './access/authenticate-jwt.ts';
export type { Authentication, BuiltinRole } from './access/authentication.ts';
export { isJwt } from './access/secret.ts';
export { verifyAggregation } from './aggregations/verify.ts';
export type { EvaluationOptions, Host } from './evaluate/context.ts';
export type { FqlErrorCode } from './evaluate/fql-error.ts';
export { nextStep, runStep } from './jobs/steps.ts';
export { JsonError, type JsonNode, parseJson } from './json/parse-json.ts';
export { renderValue } from './json/render.ts';
export { type FqlLimit, LIMITS } from './limits.ts';
export type { SearchableCollection } from './searchable/declaration.ts';
export { type IndexChanges, type RecordChange, searchChangesOf } from './searchable/search-changes.ts';
export { searchableCollections, searchableVersion, sourceName } from './searchable/searchable-rows.ts';
export { nextSearchableStep, runSearchableStep } from './searchable/searchable-step.ts';
export type {
  CollectionId,
  DocumentKey,
  DocumentReader,
  DocumentWriter,
  IndexId,
  ScopeId,
} from './store/document-store.ts';
export { type OpenedStream, openStream } from './streams/open-stream.ts';
export { errorEvent, STREAM_FIELDS, type StreamField } from './streams/stream-event.ts';
export { type StreamListener, type StreamOptions, StreamRegistry } from './streams/stream-registry.ts';
export { effectOf, runRead, runWrite } from './transaction/run-transaction.ts';
export type { TransactionCosts, TransactionRequest, TransactionResult } from './transaction/transaction.ts';
export { isArray, isObject, type ObjectValue, type Value } from './values/value.ts';
