/** An index's document is gone: its entries go in the background. */
import { addJob, removeJob } from '../../jobs/job-rows.ts';
import type { DocumentKey, DocumentWriter } from '../../store/document-store.ts';

export function dropIndex(writer: DocumentWriter, { scope, id }: DocumentKey): void {
  removeJob(writer, { kind: 'buildIndex', scope, number: Number(id) });
  addJob(writer, { kind: 'dropIndex', scope, number: Number(id) });
}
