/** The methods of etcd.proto with the types of their messages. 64-bit numbers are decimal text here, as they come from the loader. */
import { fileURLToPath } from 'node:url';
import { loadSync } from '@grpc/proto-loader';

/** What gRPC has to know of a method. */
export interface RpcMethod<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

export interface WireKeyValue {
  readonly key: string;
  readonly value: string;
  readonly create_revision: string;
  readonly mod_revision: string;
  readonly version: string;
  readonly lease: string;
}

export interface WireHeader {
  readonly cluster_id: string;
  readonly member_id: string;
  readonly revision: string;
}

interface WireRangeRequest {
  readonly key: string;
  readonly range_end?: string | undefined;
  readonly limit?: number | undefined;
  readonly revision?: number | undefined;
}

interface WireRangeResponse {
  readonly header: WireHeader;
  readonly kvs: readonly WireKeyValue[];
  readonly more: boolean;
}

export interface WireCompare {
  readonly target: 'VERSION' | 'CREATE' | 'MOD' | 'VALUE';
  readonly key: string;
  readonly version?: number;
  readonly create_revision?: number;
  readonly mod_revision?: number;
  readonly value?: string;
}

export interface WireOperation {
  readonly request_range?: WireRangeRequest;
  readonly request_put?: {
    readonly key: string;
    readonly value: string;
    readonly lease?: string | undefined;
  };
  readonly request_delete_range?: { readonly key: string; readonly range_end?: string | undefined };
}

interface WireTxnRequest {
  readonly compare: readonly WireCompare[];
  readonly success: readonly WireOperation[];
  readonly failure: readonly WireOperation[];
}

export interface WireTxnResponse {
  readonly header: WireHeader;
  readonly succeeded: boolean;
  readonly responses: readonly { readonly response_range?: WireRangeResponse | null }[];
}

export interface WireWatchRequest {
  readonly create_request?: {
    readonly key: string;
    readonly range_end: string;
    readonly start_revision: number;
    readonly progress_notify: boolean;
  };
  readonly progress_request?: Record<string, never>;
}

export interface WireWatchResponse {
  readonly header: WireHeader;
  readonly watch_id: string;
  readonly created: boolean;
  readonly canceled: boolean;
  readonly compact_revision: string;
  readonly cancel_reason: string;
  readonly events: readonly { readonly type: 'PUT' | 'DELETE'; readonly kv: WireKeyValue }[];
}

export interface WireMember {
  readonly ID: string;
  readonly name: string;
  readonly peerURLs: readonly string[];
  readonly clientURLs: readonly string[];
  readonly isLearner: boolean;
}

interface WireAlarm {
  readonly memberID: string;
  readonly alarm: 'NONE' | 'NOSPACE' | 'CORRUPT';
}

export interface WireStatus {
  readonly header: WireHeader;
  readonly version: string;
  readonly dbSize: string;
  readonly dbSizeInUse: string;
  readonly leader: string;
  readonly raftIndex: string;
  readonly raftTerm: string;
  readonly raftAppliedIndex: string;
  readonly errors: readonly string[];
}

type Nothing = Record<string, never>;
type Headed = { readonly header: WireHeader };
type Id = { readonly ID: string };

const definitions = loadSync(fileURLToPath(new URL('etcd.proto', import.meta.url)), {
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
});

export const METHODS = {
  range: method<WireRangeRequest, WireRangeResponse>('KV', 'Range'),
  transaction: method<WireTxnRequest, WireTxnResponse>('KV', 'Txn'),
  compact: method<{ readonly revision: number }, Headed>('KV', 'Compact'),
  watch: method<WireWatchRequest, WireWatchResponse>('Watch', 'Watch'),
  grantLease: method<{ readonly TTL: number }, Id & { readonly error: string }>('Lease', 'LeaseGrant'),
  revokeLease: method<Id, Nothing>('Lease', 'LeaseRevoke'),
  keepLeaseAlive: method<Id, { readonly TTL: string }>('Lease', 'LeaseKeepAlive'),
  addMember: method<{ readonly peerURLs: readonly string[] }, { readonly member: WireMember }>(
    'Cluster',
    'MemberAdd',
  ),
  removeMember: method<Id, Nothing>('Cluster', 'MemberRemove'),
  members: method<{ readonly linearizable: boolean }, { readonly members: readonly WireMember[] }>(
    'Cluster',
    'MemberList',
  ),
  alarm: method<
    { readonly action: 'GET' } | ({ readonly action: 'DEACTIVATE' } & WireAlarm),
    { readonly alarms: readonly WireAlarm[] }
  >('Maintenance', 'Alarm'),
  status: method<Nothing, WireStatus>('Maintenance', 'Status'),
  defragment: method<Nothing, Nothing>('Maintenance', 'Defragment'),
  moveLeader: method<{ readonly targetID: string }, Nothing>('Maintenance', 'MoveLeader'),
} as const;

/** The types above are those of etcd.proto; here is the only place where this is believed and not checked. */
function method<Request, Response>(service: string, name: string): RpcMethod<Request, Response> {
  const definition = definitions[`etcdserverpb.${service}`];
  const found = definition !== undefined && !('format' in definition) ? definition[name] : undefined;
  if (found === undefined) throw new Error(`etcd.proto has no ${service}.${name}`);
  return found as object as RpcMethod<Request, Response>;
}
