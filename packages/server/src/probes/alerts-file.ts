/**
 * What receivers of alerts have been told, so that the next process tells them what is over: `alerts.json` in the data folder. It holds
 * labels of receivers, nothing secret. One that is missing or damaged costs at worst an alert that is told twice, or stays open.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProbeLevel, ProbeName } from './probe.ts';
import { readKnown } from './told-states.ts';

type Known = ReadonlyMap<ProbeName, ProbeLevel>;

export class AlertsFile {
  readonly #file: string;

  constructor(dataFolder: string) {
    this.#file = join(dataFolder, 'alerts.json');
  }

  /** By label. */
  read(): ReadonlyMap<string, Known> {
    let content: unknown;
    try {
      content = JSON.parse(readFileSync(this.#file, 'utf8'));
    } catch {
      return new Map();
    }
    if (typeof content !== 'object' || content === null) return new Map();
    return new Map(Object.entries(content).map(([label, known]) => [label, readKnown(known)]));
  }

  /** Throws when the disk does not take it. */
  write(known: ReadonlyMap<string, Known>): void {
    const content = Object.fromEntries(
      Array.from(known, ([label, each]) => [label, Object.fromEntries(each)]),
    );
    const fresh = `${this.#file}.new`;
    writeFileSync(fresh, JSON.stringify(content), { mode: 0o600 });
    renameSync(fresh, this.#file);
  }
}
