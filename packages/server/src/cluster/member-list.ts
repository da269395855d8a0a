/**
 * The text that names the members of a cluster: `a=10.0.0.1,b=10.0.0.2:7801,c=[fd00::3]`.
 *
 * Each member has three ports, one after the other: members talk on the first, etcd answers clients on the second and its peers
 * on the third. So two members on one host must be at least three ports apart.
 */
import type { MemberAddress } from '@skein/member';

export const MEMBER_PORT_DEFAULT = 7701;
const PORT_LAST = 65_535;
const membersMax = 9;
/** Of one member: its own, etcd's for clients, etcd's for peers. */
const PORTS_EACH = 3;

export const MEMBER_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;
const IPV6 = /^[0-9A-Fa-f:.]{2,45}$/;

/** The members, or what is wrong with the text. */
export type MemberList =
  | { readonly kind: 'members'; readonly members: readonly MemberAddress[] }
  | { readonly kind: 'wrong'; readonly expected: string };

export function parseMemberList(text: string): MemberList {
  const members: MemberAddress[] = [];
  for (const part of text.split(',').map((each) => each.trim())) {
    if (part === '') continue;
    const member = parseMember(part);
    if (typeof member === 'string') return wrong(member);
    const clash = members.find((other) => other.name === member.name || overlaps(other, member));
    if (clash?.name === member.name) return wrong(`names that differ, got "${member.name}" twice`);
    if (clash !== undefined) {
      return wrong(
        `ports of their own for ${clash.name} and ${member.name}: each member takes ${PORTS_EACH}, from its port on`,
      );
    }
    members.push(member);
  }
  if (members.length === 0) return wrong('members as a=10.0.0.1,b=10.0.0.2,c=10.0.0.3');
  if (members.length > membersMax) return wrong(`at most ${membersMax} members, got ${members.length}`);
  return { kind: 'members', members };
}

/** One `name=host[:port]`, or what was expected. */
export function parseMember(text: string): MemberAddress | string {
  const match = /^([^=]*)=(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return `NAME=HOST or NAME=HOST:PORT, got "${text}"`;
  const [, name = '', bracketed, plain = '', portText] = match;
  if (!MEMBER_NAME.test(name)) {
    return `a name of at most 32 small letters, digits and "-", got "${name}"`;
  }
  const host = bracketed ?? plain;
  if (!(bracketed === undefined ? HOST : IPV6).test(host)) return `a host for ${name}, got "${host}"`;
  const port = portText === undefined ? MEMBER_PORT_DEFAULT : Number(portText);
  const portMax = PORT_LAST - (PORTS_EACH - 1);
  if (port < 1 || port > portMax) return `a port from 1 to ${portMax} for ${name}, got "${portText}"`;
  return { name, host: host.toLowerCase(), port };
}

/** As members are registered under it. */
export function memberAddressText({ host, port }: MemberAddress): string {
  return hostAndPort(host, port);
}

/** `host:port`, as an URL writes it. */
export function hostAndPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Addresses that no other machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function overlaps(a: MemberAddress, b: MemberAddress): boolean {
  return a.host === b.host && Math.abs(a.port - b.port) < PORTS_EACH;
}

function wrong(expected: string): MemberList {
  return { kind: 'wrong', expected };
}
