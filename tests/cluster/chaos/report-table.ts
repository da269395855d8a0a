import type { ChaosReport } from './chaos-run.ts';

/** For a terminal. */
export function tableOf({ seed, network, durationMs, counts, faults, violations }: ChaosReport): string {
  const rows = [
    ['fault', 'times', 'write pause ms', 'search pause ms', 'whole after ms'],
    ...faults.map((each) => [
      each.kind,
      String(each.count),
      String(each.writePauseMsMax),
      String(each.searchPauseMsMax),
      String(each.wholeMsMax),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  '),
  );
  const told = violations.slice(0, 20).map(({ kind, text }) => `  ${kind}: ${text.slice(0, 600)}`);
  return [
    `chaos: seed ${seed}, ${network}, ${Math.round(durationMs / 1000)} s`,
    ...Object.entries(counts).map(([what, count]) => `  ${what} ${count}`),
    '',
    ...lines,
    '',
    violations.length === 0 ? 'no promise was broken' : `${violations.length} violations:`,
    ...told,
    '',
  ].join('\n');
}
