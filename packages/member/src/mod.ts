export type { ApplicationState, StoredKey } from './application-state.ts';
export { readApplication } from './applications.ts';
export { Builder, type BuilderConfiguration } from './builder.ts';
export { builderNodeArguments } from './builder-memory.ts';
export { runBuilder } from './builder-process.ts';
export { listApplications } from './catalogue.ts';
export type { BuilderCluster } from './cluster/builder-cluster.ts';
export type {
  ClusterCertificates,
  ClusterConfiguration,
  MemberAddress,
} from './cluster/cluster-configuration.ts';
export { joinCluster } from './cluster/join-cluster.ts';
export { clusterOf, loadCluster } from './cluster/open-cluster.ts';
export { DataLayout } from './data-layout.ts';
export {
  ApplicationDocuments,
  BehindError,
  type TransactOptions,
} from './documents/application-documents.ts';
export { encodeDocumentsOperation, newSeed, sealOf } from './documents/documents-operation.ts';
export { STEPS_MAX_READING, STEPS_MAX_WRITING } from './documents/limits.ts';
export { nodeHost } from './documents/node-host.ts';
export { type SearchableStatus, searchableStatuses } from './documents/searchable-status.ts';
export type { TransactionAnswer } from './documents/transaction-answer.ts';
export { FileDirectory } from './file-directory.ts';
export type { IndexMeta } from './index-meta.ts';
export { BuilderClient, type BuilderClientOptions, type TaskStatus } from './ipc/builder-client.ts';
export {
  BuilderError,
  type BuilderErrorCode,
  type Change,
  type IndexSummary,
  type MembersChange,
  type Progress,
} from './ipc/messages.ts';
export { KeyVault, SealError } from './key-vault.ts';
export { Member, type MemberOptions } from './member.ts';
export {
  type ApplicationOperation,
  type BatchAction,
  type BatchRequest,
  type CopyScope,
  type IndexOperation,
  type MultiBatchRequest,
  type Operation,
} from './operation.ts';
export { OPERATION_FORMAT } from './operation-format.ts';
export { IndexDamagedError, type OpenIndex, Views, type ViewsOptions } from './views.ts';
