export { DocumentStorage, type DocumentStorageOptions, type Snapshot } from './document-storage.ts';
export type { StorageReader as DocumentStorageReader, StoredRow, SystemRow } from './storage-reader.ts';
export { DocumentStorageWriter } from './storage-writer.ts';
