/** How the cluster is, and who belongs to it: for whoever holds an admin key. */
import { setTimeout as pause } from 'node:timers/promises';
import type { JsonObject } from '@skein/base';
import { ApiError } from '@skein/wire';
import { type ClusterReport, clusterReport } from '../cluster/cluster-report.ts';
import { MEMBER_NAME, memberAddressText, parseMember } from '../cluster/member-list.ts';
import { type ApiResponse, json, param } from '../http/api-request.ts';
import type { ProbeReport } from '../probes/probe.ts';
import type { ApiContext, Call } from './endpoint-handler.ts';
import type { MemberPort } from './member-port.ts';

/** Answers within this time are the same. */
const cacheMs = 200;
/** How long the builder may take before what it said last is answered. */
const builderMsMax = 2_000;

interface Told {
  readonly atMs: number;
  readonly described: JsonObject | undefined;
}

/** Per member, which is one per process. */
const told = new WeakMap<MemberPort, Told>();

export async function getCluster(call: Call, context: ApiContext): Promise<ApiResponse> {
  const { member } = context;
  const probes = context.probes?.() ?? [];
  const last = told.get(member);
  if (last !== undefined && call.nowMs - last.atMs < cacheMs && call.nowMs >= last.atMs) {
    return json(shown(last.described, member, probes));
  }
  const now = await describedNow(member);
  if (now === 'away') {
    if (last === undefined) throw new ApiError('unavailable');
    return json({
      ...shown(last.described, member, probes),
      stale: true,
      asOf: new Date(last.atMs).toISOString(),
    });
  }
  told.set(member, { atMs: call.nowMs, described: now });
  return json(shown(now, member, probes));
}

export async function addClusterMember(call: Call, { member }: ApiContext): Promise<ApiResponse> {
  const { member: name, address } = call.body();
  if (typeof name !== 'string' || typeof address !== 'string') {
    throw new ApiError('parameter-invalid', { name: 'member', expected: 'a name and its address' });
  }
  const parsed = parseMember(`${name}=${address}`);
  if (typeof parsed === 'string') {
    throw new ApiError('parameter-invalid', { name: 'address', expected: parsed });
  }
  await member.changeMembers({ kind: 'add', member: parsed.name, address: memberAddressText(parsed) });
  return json({ member: parsed.name, address: memberAddressText(parsed), addedAt: timestamp(call) }, 201);
}

/** With `force=true` also when that leaves no majority. */
export async function removeClusterMember(call: Call, { member }: ApiContext): Promise<ApiResponse> {
  const name = param(call.request, 'member');
  if (!MEMBER_NAME.test(name)) {
    throw new ApiError('parameter-invalid', { name: 'member', expected: 'the name of a member' });
  }
  const force = call.request.query.get('force') ?? 'false';
  if (force !== 'true' && force !== 'false') {
    throw new ApiError('parameter-invalid', { name: 'force', expected: 'true or false' });
  }
  await member.changeMembers({ kind: 'remove', member: name, force: force === 'true' });
  return json({ member: name, removedAt: timestamp(call) });
}

async function describedNow(member: MemberPort): Promise<JsonObject | undefined | 'away'> {
  if (!member.builderConnected) return 'away';
  const patience = new AbortController();
  try {
    const late = pause(builderMsMax, 'away' as const, { signal: patience.signal });
    late.catch(() => undefined);
    return await Promise.race([member.cluster(), late]);
  } catch (error) {
    if (error instanceof ApiError && error.status === 503) return 'away';
    throw error;
  } finally {
    patience.abort();
  }
}

/** `probes`: those of the asked member that are not fine, with their words. */
function shown(
  described: JsonObject | undefined,
  { progress }: MemberPort,
  probes: readonly ProbeReport[],
): (ClusterReport | { readonly mode: 'local'; readonly sequence: number }) & {
  readonly probes: readonly ProbeReport[];
} {
  if (described === undefined) return { mode: 'local', sequence: progress.published, probes };
  return { ...clusterReport(described), probes };
}

function timestamp(call: Call): string {
  return new Date(call.nowMs).toISOString();
}
