export { DocumentStorage, type DocumentStorageOptions, type Snapshot } from './document-storage.ts';
export type { StorageReader as DocumentStorageReader, SystemRow } from './storage-reader.ts';
export { DocumentStorageWriter } from './storage-writer.ts';
