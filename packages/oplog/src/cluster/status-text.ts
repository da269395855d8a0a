/** What members write under `skein/members/` and `skein/status/`. Fields that are not known here are a later version's, and are passed over. */
import { isJsonObject, type JsonObject } from '@skein/base';
import type { MemberStatus } from './member-status.ts';

export interface RegisteredMember {
  /** `host:port` for members. */
  readonly address: string;
  /** Milliseconds since 1970. */
  readonly joinedAtMs: number;
}

const TEXT_UNITS_MAX = 16 * 1024;
const FIELD_UNITS_MAX = 512;
const PROBLEM_COUNT_MAX = 64;
const STATES: readonly MemberStatus['state'][] = ['joining', 'catching-up', 'live', 'stopping'];

export function memberText({ address, joinedAtMs }: RegisteredMember): string {
  return JSON.stringify({ address, joinedAtMs });
}

/** Undefined where the text is not that of a member. */
export function parseMemberText(text: string): RegisteredMember | undefined {
  const json = parseObject(text);
  if (json === undefined) return undefined;
  const { address, joinedAtMs } = json;
  return isField(address) && isAmount(joinedAtMs) ? { address, joinedAtMs } : undefined;
}

/** Problems beyond what a reader takes are left out. */
export function statusText(status: MemberStatus): string {
  return JSON.stringify({ ...status, problems: status.problems.slice(0, PROBLEM_COUNT_MAX) });
}

/** Undefined where the text is no status. */
export function parseStatusText(text: string): MemberStatus | undefined {
  const json = parseObject(text);
  if (json === undefined) return undefined;
  const { version, format, startedAtMs, nowMs, journaled, published, behindSinceMs } = json;
  const { diskFreeBytes, diskBytes, address, publicUrl, problems } = json;
  const state = STATES.find((known) => known === json['state']);
  if (!isField(version) || !isField(address) || state === undefined) return undefined;
  if (!isNatural(format) || !isAmount(startedAtMs) || !isAmount(nowMs)) return undefined;
  if (!isNatural(journaled) || !isNatural(published)) return undefined;
  if (!isAmount(diskFreeBytes) || !isAmount(diskBytes)) return undefined;
  if (behindSinceMs !== undefined && !isAmount(behindSinceMs)) return undefined;
  if (publicUrl !== undefined && !isField(publicUrl)) return undefined;
  if (!Array.isArray(problems) || problems.length > PROBLEM_COUNT_MAX || !problems.every(isField)) {
    return undefined;
  }
  return {
    version,
    format,
    startedAtMs,
    nowMs,
    journaled,
    published,
    ...(behindSinceMs === undefined ? {} : { behindSinceMs }),
    state,
    diskFreeBytes,
    diskBytes,
    address,
    ...(publicUrl === undefined ? {} : { publicUrl }),
    problems,
  };
}

function parseObject(text: string): JsonObject | undefined {
  if (text.length > TEXT_UNITS_MAX) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    return isJsonObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function isField(value: unknown): value is string {
  return typeof value === 'string' && value.length <= FIELD_UNITS_MAX;
}

/** Of time or bytes: only shown, so a fraction does no harm. */
function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** Of operations: counted with. */
function isNatural(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
