import { readFileSync } from 'node:fs';
import type { Sequence } from '@skein/base';
import {
  type ApplicationState,
  applyToApplication,
  decodeApplicationState,
  encodeApplicationState,
} from './application-state.ts';
import { listApplications } from './catalogue.ts';
import type { DataLayout } from './data-layout.ts';
import { writeFileDurably } from './file-directory.ts';
import { type KeyVault, SealError } from './key-vault.ts';
import type { ApplicationOperation } from './operation.ts';

/** The builder's applications: changed by operations, written out by `save`. */
export class Applications {
  readonly #layout: DataLayout;
  readonly #vault: KeyVault;
  readonly #states = new Map<string, ApplicationState>();
  readonly #unsaved = new Set<string>();

  private constructor(layout: DataLayout, vault: KeyVault) {
    this.#layout = layout;
    this.#vault = vault;
  }

  /** Throws `CorruptionError` for a damaged file, `SealError` when the secret is not the one that keys were sealed with. */
  static load(layout: DataLayout, vault: KeyVault): Applications {
    const applications = new Applications(layout, vault);
    for (const id of listApplications(layout)) {
      const state = readApplication(layout, vault, id);
      if (state !== undefined) applications.#states.set(id, state);
    }
    return applications;
  }

  get ids(): readonly string[] {
    return [...this.#states.keys()];
  }

  get(id: string): ApplicationState | undefined {
    return this.#states.get(id);
  }

  /** False when there was nothing to do: applied before, or sealed under another secret. */
  apply(
    operation: ApplicationOperation,
    at: { readonly application: string; readonly sequence: Sequence; readonly proposedAtMs: number },
  ): boolean {
    const before = this.#states.get(at.application);
    if (before !== undefined && at.sequence <= before.appliedSequence) return false;
    let after: ApplicationState | undefined;
    try {
      after = applyToApplication(before, operation, { ...at, vault: this.#vault });
    } catch (error) {
      if (error instanceof SealError) return false;
      throw error;
    }
    if (after === undefined) return false;
    this.#states.set(at.application, after);
    this.#unsaved.add(at.application);
    return true;
  }

  /** Durable when it returns; gives the applications that changed. */
  save(): readonly string[] {
    const changed = [...this.#unsaved];
    for (const id of changed) {
      const state = this.#states.get(id);
      if (state !== undefined)
        writeFileDurably(this.#layout.applicationFile(id), encodeApplicationState(state));
    }
    this.#unsaved.clear();
    return changed;
  }
}

/** As published last; undefined when there is no such application. */
export function readApplication(
  layout: DataLayout,
  vault: KeyVault,
  id: string,
): ApplicationState | undefined {
  const file = layout.applicationFile(id);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return decodeApplicationState(text, file, vault);
}
