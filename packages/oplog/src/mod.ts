export { decodeEntry, EntryFormatError, encodeEntry, operationBytesInEntry } from './cluster/entry.ts';
export { type EntryId, entryText, parseEntryText } from './cluster/entry-id.ts';
export type { JournalPage, PeerPort, PeerService } from './cluster/peer-port.ts';
export { DiskFullError, type JournalDisk, type JournalFile } from './journal-disk.ts';
export { entryByteLength } from './journal-entry.ts';
export { ENTRY_BYTES_MAX, JOURNAL_FILE_BYTES_MAX, OPERATION_BYTES_MAX } from './limits.ts';
export { type JournalStatistics, LocalJournal, type LocalJournalOptions } from './local-journal.ts';
export { NodeJournalDisk } from './node-journal-disk.ts';
export {
  type Operation,
  type OperationLog,
  OperationLogError,
  type OperationLogErrorCode,
  type ProposedOperation,
  type SequenceRange,
} from './operation-log.ts';
export { ProposalScheduler } from './scheduler/proposal-scheduler.ts';
