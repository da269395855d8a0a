/** IP addresses and CIDR ranges (`10.0.0.0/8`, `2001:db8::/32`). IPv4 inside IPv6 (`::ffff:1.2.3.4`) is IPv4. */

/** False when either text is not an address, or they are of different families. */
export function inSourceRange(ip: string, range: string): boolean {
  const address = parseAddress(ip);
  const parsed = parseRange(range);
  if (address === undefined || parsed === undefined || address.length !== parsed.address.length) return false;
  let bits = parsed.prefixBits;
  for (let at = 0; bits > 0; at++, bits -= 8) {
    const mask = bits >= 8 ? 0xff : (0xff << (8 - bits)) & 0xff;
    if ((address[at]! & mask) !== (parsed.address[at]! & mask)) return false;
  }
  return true;
}

export function isSourceRange(range: string): boolean {
  return parseRange(range) !== undefined;
}

interface Range {
  readonly address: readonly number[];
  readonly prefixBits: number;
}

function parseRange(text: string): Range | undefined {
  const slash = text.indexOf('/');
  const raw = slash === -1 ? text : text.slice(0, slash);
  const address = parseAddress(raw);
  if (address === undefined) return undefined;
  const bitsMax = address.length * 8;
  if (slash === -1) return { address, prefixBits: bitsMax };
  const suffix = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(suffix)) return undefined;
  // A prefix of an IPv4 address written as IPv6 counts the 96 bits before it.
  const prefixBits = Number(suffix) - (address.length === 4 && raw.includes(':') ? 96 : 0);
  return prefixBits >= 0 && prefixBits <= bitsMax ? { address, prefixBits } : undefined;
}

/** 4 or 16 bytes. */
function parseAddress(text: string): readonly number[] | undefined {
  if (!text.includes(':')) return parseV4(text);
  // A zone (`fe80::1%eth0`) says where the address is heard, not whose it is.
  const bytes = parseV6(text.split('%', 1)[0]!);
  if (bytes === undefined) return undefined;
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return mapped ? bytes.slice(12) : bytes;
}

/** Leading zeros are refused: some programs read them as octal. */
function parseV4(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return undefined;
  return parts.map(Number);
}

function parseV6(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const gap = 16 - head.length - tail.length;
  if (halves.length === 1 ? gap !== 0 : gap < 2) return undefined;
  return [...head, ...Array.from({ length: gap }, () => 0), ...tail];
}

/** Bytes of colon groups; the last may be an IPv4 address where the text ends there. */
function groupsOf(text: string, ends: boolean): readonly number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [at, group] of groups.entries()) {
    if (ends && at === groups.length - 1 && group.includes('.')) {
      const v4 = parseV4(group);
      if (v4 === undefined) return undefined;
      bytes.push(...v4);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes.length <= 16 ? bytes : undefined;
}
