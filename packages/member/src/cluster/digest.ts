/**
 * What a member says of one thing that all members have to have alike, and where in the log it is so.
 *
 * A thing is as it is for a stretch of the log: from the last operation that changed it to the last one that the member shows. Members are in other
 * places of the log, and publish at other times; but where their stretches meet, they must have the same.
 *
 *   digests  {after?} → {format, through, more}, and as payload JSON [[key, from, through, digest], …], keys ascending from behind `after`
 */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';

export type ThingKind = 'application' | 'documents' | 'index';

export interface Thing {
  readonly kind: ThingKind;
  readonly application: string;
  /** Only of an index. */
  readonly index?: string | undefined;
}

export interface Digest {
  /** `keyOf` its thing. */
  readonly key: string;
  /** Both inclusive, sequences. */
  readonly from: number;
  readonly through: number;
  readonly digest: string;
}

/** What a member has, by key. What is not in it the member does not have at `through`, or has not looked at. */
export interface DigestTable {
  /** The last operation that the member shows. */
  readonly through: number;
  readonly digests: ReadonlyMap<string, Digest>;
}

/** What came from a peer is no list of digests. */
export class DigestFormatError extends Error {
  override readonly name = 'DigestFormatError';
}

/** Goes up with every change of what is hashed: members of two versions do not compare. */
const DIGEST_FORMAT = 1;
const PAGE_COUNT_MAX = 5_000;

export function keyOf({ kind, application, index }: Thing): string {
  return JSON.stringify(index === undefined ? [kind, application] : [kind, application, index]);
}

/** Undefined where the text is no key. */
export function thingOf(key: string): Thing | undefined {
  let value: Json;
  try {
    value = JSON.parse(key) as Json;
  } catch {
    return undefined;
  }
  if (!Array.isArray(value) || !value.every((part) => typeof part === 'string')) return undefined;
  const [kind, application, index] = value as readonly string[];
  if (application === undefined) return undefined;
  if (kind === 'index' && index !== undefined) return { kind, application, index };
  if ((kind === 'application' || kind === 'documents') && index === undefined) return { kind, application };
  return undefined;
}

/** Whether there is a place in the log of which both speak. */
export function meet(a: Digest, b: Digest): boolean {
  return a.from <= b.through && b.from <= a.through;
}

export function encodePage(
  { through, digests }: DigestTable,
  after: string | undefined,
): { readonly fields: JsonObject; readonly payload: Uint8Array } {
  const keys = [...digests.keys()].filter((key) => after === undefined || key > after).sort(compare);
  const page = keys.slice(0, PAGE_COUNT_MAX).map((key) => {
    const { from, through: last, digest } = digests.get(key)!;
    return [key, from, last, digest];
  });
  const fields = { format: DIGEST_FORMAT, through, more: keys.length > page.length };
  return { fields, payload: Buffer.from(JSON.stringify(page)) };
}

/** Throws `DigestFormatError`. */
export function decodePage(
  fields: JsonObject,
  payload: Uint8Array,
): { readonly through: number; readonly more: boolean; readonly digests: readonly Digest[] } {
  const { format, through, more } = isJsonObject(fields) ? fields : {};
  if (format !== DIGEST_FORMAT) throw new DigestFormatError(`expected digests of format ${DIGEST_FORMAT}`);
  if (!isCount(through) || typeof more !== 'boolean')
    throw new DigestFormatError('expected through and more');
  let page: Json;
  try {
    page = JSON.parse(Buffer.from(payload).toString('utf8')) as Json;
  } catch (error) {
    throw new DigestFormatError('expected a list of digests', { cause: error });
  }
  if (!Array.isArray(page)) throw new DigestFormatError('expected a list of digests');
  const digests = (page as readonly Json[]).map((row): Digest => {
    const [key, from, last, digest] = Array.isArray(row) ? (row as readonly Json[]) : [];
    const isSound =
      typeof key === 'string' &&
      thingOf(key) !== undefined &&
      isCount(from) &&
      isCount(last) &&
      from <= last &&
      typeof digest === 'string';
    if (!isSound) throw new DigestFormatError('expected a key, a stretch of the log, and a digest');
    return { key, from, through: last, digest };
  });
  if (more && digests.length === 0) throw new DigestFormatError('expected digests before more of them');
  return { through, more, digests };
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
