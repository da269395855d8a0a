/** What certificates say about the two ends of a line between members. */
import type { Socket } from 'node:net';
import { checkServerIdentity, type PeerCertificate, TLSSocket } from 'node:tls';

export const NOT_ENCRYPTED =
  'members may talk without certificates on loopback addresses only: make certificates with `skein cluster certificates`';
const BINDING_LABEL = 'EXPORTER-skein-peer';
const NO_BYTES = new Uint8Array(0);

/** How a certificate names a member. */
export function certificateName(member: string): string {
  return `${member}.skein`;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** Known to both ends of this line and to nobody else; empty where it is not encrypted. */
export function lineBinding(socket: Socket): Uint8Array {
  if (!(socket instanceof TLSSocket)) return NO_BYTES;
  return socket.exportKeyingMaterial(32, BINDING_LABEL, Buffer.alloc(0));
}

/** For who connects: undefined when the certificate is the member's, by its name or by its address. */
export function checkMemberIdentity(
  { name, host }: { readonly name: string; readonly host: string },
  certificate: PeerCertificate,
): Error | undefined {
  if (checkServerIdentity(certificateName(name), certificate) === undefined) return undefined;
  const error = checkServerIdentity(host, certificate);
  return error === undefined
    ? undefined
    : new Error(`its certificate names neither ${certificateName(name)} nor ${host}`, { cause: error });
}

/** For who is asked: whether the other end may call itself so. A certificate that names members has to name this one. */
export function certificateNames(socket: Socket, member: string): boolean {
  if (!(socket instanceof TLSSocket)) return true;
  const certificate = socket.getPeerCertificate();
  const names = certificate.subjectaltname?.split(', ') ?? [];
  const namesMembers = names.some((name) => /^DNS:[^.]+\.skein$/.test(name));
  return !namesMembers || checkServerIdentity(certificateName(member), certificate) === undefined;
}
