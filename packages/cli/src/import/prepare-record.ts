/** What a record must be before it may travel, and the text that travels. */
import { isJsonObject } from '@skein/base';
import type { ReadyRecord, RejectedRecord } from './importer.ts';
import type { SourceItem } from './record-source.ts';

export interface IdRules {
  /** Attribute that holds the objectID. */
  readonly attribute: string;
  /** Makes one for records that lack it; undefined rejects those. `ordinal` is the record's 0-based place. */
  readonly generate: ((ordinal: number) => string) | undefined;
}

/** Checks a record and gives it its objectID; the text stays as it came wherever nothing has to change. */
export function prepareRecord(
  item: SourceItem,
  ordinal: number,
  rules: IdRules,
): ReadyRecord | RejectedRecord {
  const { text, line } = item;
  const reject = (reason: string): RejectedRecord => ({ kind: 'rejected', reason, line, text });
  if (item.reason !== undefined) return reject(item.reason);
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    return reject(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isJsonObject(record)) return reject('a record must be an object');
  const id = Object.hasOwn(record, rules.attribute) ? record[rules.attribute] : undefined;
  if (id === undefined || id === null) {
    if (rules.generate === undefined) {
      return reject(
        `no "${rules.attribute}": name the attribute that identifies records by --id-attribute, or let ids be made by --generate-ids`,
      );
    }
    return { kind: 'ready', ...withObjectId(text, record, rules.generate(ordinal)), line };
  }
  if ((typeof id !== 'string' && typeof id !== 'number') || id === '') {
    return reject(`"${rules.attribute}" must be a number or a text that is not empty`);
  }
  if (rules.attribute === 'objectID' && typeof id === 'string') {
    return { kind: 'ready', id, body: text, line };
  }
  return { kind: 'ready', ...withObjectId(text, record, String(id)), line };
}

function withObjectId(text: string, record: object, objectID: string): { id: string; body: string } {
  if (Object.hasOwn(record, 'objectID'))
    return { id: objectID, body: JSON.stringify({ ...record, objectID }) };
  const open = text.indexOf('{');
  const comma = Object.keys(record).length === 0 ? '' : ',';
  return { id: objectID, body: `{"objectID":${JSON.stringify(objectID)}${comma}${text.slice(open + 1)}` };
}
