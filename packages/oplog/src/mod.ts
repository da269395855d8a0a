export { DiskFullError, type JournalDisk, type JournalFile } from './journal-disk.ts';
export { JOURNAL_FILE_BYTES_MAX, OPERATION_BYTES_MAX } from './limits.ts';
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
