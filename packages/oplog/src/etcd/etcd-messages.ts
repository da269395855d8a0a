/** Messages of etcd to and from what `EtcdPort` says. */
import type {
  WireCompare,
  WireKeyValue,
  WireOperation,
  WireTxnResponse,
  WireWatchResponse,
} from './etcd-methods.ts';
import type { EtcdCompare, EtcdEvent, EtcdKeyValue, EtcdTransactionAnswer, EtcdWrite } from './etcd-port.ts';

export function wireCompare(compare: EtcdCompare): WireCompare {
  const { key } = compare;
  switch (compare.target) {
    case 'value':
      return { key, target: 'VALUE', value: compare.is };
    case 'version':
      return { key, target: 'VERSION', version: compare.is };
    case 'create':
      return { key, target: 'CREATE', create_revision: compare.is };
    case 'mod':
      return { key, target: 'MOD', mod_revision: compare.is };
  }
}

export function wireWrite(write: EtcdWrite): WireOperation {
  if (write.kind === 'delete') return { request_delete_range: { key: write.key, range_end: write.end } };
  const lease = write.lease === undefined ? undefined : wireLease(write.lease);
  return { request_put: { key: write.key, value: write.value, lease } };
}

export function transactionAnswer(response: WireTxnResponse): EtcdTransactionAnswer {
  const found = new Map<string, EtcdKeyValue>();
  for (const { response_range: range } of response.responses) {
    for (const kv of range?.kvs ?? []) found.set(kv.key, keyValue(kv));
  }
  return { succeeded: response.succeeded, revision: Number(response.header.revision), found };
}

export function keyValue(kv: WireKeyValue): EtcdKeyValue {
  return {
    key: kv.key,
    value: kv.value,
    createRevision: Number(kv.create_revision),
    modRevision: Number(kv.mod_revision),
    version: Number(kv.version),
    lease: kv.lease === '0' ? undefined : hexOf(kv.lease),
  };
}

export function watchEvent({ type, kv }: WireWatchResponse['events'][number]): EtcdEvent {
  if (type === 'PUT') return { kind: 'put', kv: keyValue(kv) };
  return { kind: 'delete', key: kv.key, modRevision: Number(kv.mod_revision) };
}

/** Ids are 64 bits: decimal text on the line (as the loader has it), hexadecimal everywhere else, as etcd's own tools show them. */
export function hexOf(decimal: string): string {
  return BigInt.asUintN(64, BigInt(decimal)).toString(16);
}

export function wireId(hex: string): string {
  return BigInt(`0x${hex}`).toString();
}

/** Leases are signed. */
export function wireLease(hex: string): string {
  return BigInt.asIntN(64, BigInt(`0x${hex}`)).toString();
}
