/** An import of documents from its beginning to its report: file, batches, progress, what was refused, where to go on. */
import { EXIT_CODES } from '../cli-error.ts';
import { type Context, print } from '../context.ts';
import type { FqlClient } from '../fql/fql-client.ts';
import { Importer, type ImportTotals } from '../import/importer.ts';
import { duration, startProgress } from '../import/progress.ts';
import { type Format, RecordSource, type SourceItem } from '../import/record-source.ts';
import { RejectedReport } from '../import/rejected-report.ts';
import { ResumeFile } from '../import/resume-file.ts';
import { DocumentsTarget, type DocumentsTargetOptions } from './documents-target.ts';

export interface ImportDocumentsOptions extends DocumentsTargetOptions {
  readonly client: FqlClient;
  readonly context: Context;
  /** Path, or `-` for standard input. */
  readonly file: string;
  readonly format: Format;
  /** `check`: nothing is sent. */
  readonly mode: 'write' | 'check';
  readonly batchDocuments: number;
  readonly parallel: number;
  readonly rejectedPath: string | undefined;
  readonly resumePath: string | undefined;
  readonly isQuiet: boolean;
  readonly isJson: boolean;
  /** Takes out items that are no documents. Has to give the same documents on every run. */
  readonly filter?: ((items: AsyncIterable<SourceItem>) => AsyncIterable<SourceItem>) | undefined;
}

/** A transaction of this many bytes is read and written in some ten milliseconds. */
const BATCH_BYTES = 1024 * 1024;

/** Resolves when everything was sent or reported. Throws `CliError` when the server is gone, or refuses everything. */
export async function importDocuments(options: ImportDocumentsOptions): Promise<ImportTotals | undefined> {
  const { client, context, file, mode, resumePath, collection, isJson } = options;
  const source = new RecordSource({
    file,
    format: options.format,
    csv: { numbers: 'keep-text' },
    stdin: context.stdin,
  });
  const fresh = {
    file,
    bytes: source.bytesTotal ?? null,
    index: `${client.connection.url} ${collection ?? 'by refs'}`,
    idPrefix: '',
    recordsDone: 0,
    isComplete: false,
  };
  const resume =
    resumePath === undefined || mode === 'check' ? undefined : ResumeFile.open(resumePath, fresh);
  if (resume?.state.isComplete === true) {
    const words = `${resumePath} says that this import is complete. Delete it to import again.`;
    print(context, { json: isJson }, { alreadyComplete: true }, words);
    return undefined;
  }
  const rejected = new RejectedReport({
    path: options.rejectedPath,
    stderr: context.stderr,
    mode: resume === undefined ? 'replace' : 'append',
    idName: 'document',
  });
  const progress = startProgress({
    stream: context.stderr,
    isQuiet: options.isQuiet || isJson,
    nowMs: context.nowMs,
    noun: 'documents',
  });
  const documents = new DocumentsTarget(options);
  const importer = new Importer({
    target: mode === 'write' ? documents : checking(documents),
    skip: resume?.state.recordsDone ?? 0,
    batchBytesMax: BATCH_BYTES,
    batchRecordsMax: options.batchDocuments,
    parallel: options.parallel,
    onRejected: (record) => rejected.add(record),
    onProgress: (done) => {
      resume?.advance(done, context.nowMs());
      const { accepted, rejected: refused } = importer.totals;
      const share =
        source.bytesTotal === undefined ? undefined : Math.min(1, source.bytesRead / source.bytesTotal);
      progress.update({ records: accepted, rejected: refused, share });
    },
    signal: context.interrupted,
  });
  const startMs = context.nowMs();
  let totals: ImportTotals;
  try {
    totals = await importer.run(options.filter?.(source.items()) ?? source.items());
  } catch (error) {
    resume?.finish({ isComplete: false });
    throw error;
  } finally {
    progress.stop();
    await rejected.close();
  }
  const isInterrupted = context.interrupted.aborted;
  resume?.finish({ isComplete: !isInterrupted });
  report(options, totals, { seconds: Math.max(0.001, (context.nowMs() - startMs) / 1000), isInterrupted });
  return totals;
}

/** Reads as an import does, and sends nothing. */
function checking(documents: DocumentsTarget): Pick<DocumentsTarget, 'prepare' | 'send'> {
  return { prepare: (item) => documents.prepare(item), send: () => Promise.resolve({ kind: 'accepted' }) };
}

function report(
  { context, mode, isJson }: ImportDocumentsOptions,
  { read, accepted, rejected }: ImportTotals,
  { seconds, isInterrupted }: { readonly seconds: number; readonly isInterrupted: boolean },
): void {
  const rate = Math.round(accepted / seconds);
  const refused = rejected === 0 ? '' : `, ${rejected.toLocaleString('en')} rejected`;
  const count = accepted.toLocaleString('en');
  const words =
    mode === 'check'
      ? `${count} documents can be read${refused}. Nothing was written.`
      : `${count} documents${refused} in ${duration(seconds)} (${rate.toLocaleString('en')}/s).${isInterrupted ? ' Interrupted.' : ''}`;
  const summary = {
    read,
    accepted,
    rejected,
    seconds: Number(seconds.toFixed(3)),
    documentsPerSecond: rate,
    written: mode === 'write',
    interrupted: isInterrupted,
  };
  print(context, { json: isJson }, summary, words);
  if (isInterrupted) context.setExitCode(130);
  else if (rejected > 0) context.setExitCode(EXIT_CODES.rejected.code);
}
