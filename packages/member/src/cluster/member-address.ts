/** Where a member is reached, as text: `10.0.0.1:7701`, `[fd00::3]:7701`. */

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

export function addressText({ host, port }: HostAndPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

export function parseAddress(address: string): HostAndPort {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(address.slice(at + 1)) };
}
