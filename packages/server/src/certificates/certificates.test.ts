import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { etcdBinary, startEtcd } from '@skein/testkit';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { integer, objectIdentifier, time } from './der.ts';
import { CertificatesError, type CertificatesRequest, makeCertificates } from './make-certificates.ts';
import { readCertificates } from './read-certificates.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const nowMs = Date.now();
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'skein-certificates-'));
  folders.push(folder);
  return folder;
}

function make(change: Partial<CertificatesRequest> & { readonly folder: string }) {
  return makeCertificates({
    members: [
      { name: 'a', hosts: ['10.0.0.1', 'search-1.example.com'] },
      { name: 'b', hosts: ['fd00::2'] },
    ],
    days: 100,
    onExisting: 'refuse',
    nowMs,
    ...change,
  });
}

function read(folder: string, change: Partial<Parameters<typeof readCertificates>[1]> = {}) {
  return readCertificates(join(folder, 'a'), {
    nowMs,
    member: { name: 'a', host: '10.0.0.1' },
    ...change,
  });
}

function certificateOf(folder: string, file: string): X509Certificate {
  return new X509Certificate(readFileSync(join(folder, file)));
}

describe('certificates of a cluster', () => {
  test('are for servers and clients, under all names, signed by the authority, each with its own key', () => {
    const folder = temporary();
    const made = make({ folder });
    expect(made).toMatchObject({ authority: 'made', validToMs: nowMs + 100 * DAY_MS });
    expect(made.members.map(({ names }) => names)).toEqual([
      ['a.skein', '10.0.0.1', 'search-1.example.com', 'localhost', '127.0.0.1', '::1'],
      ['b.skein', 'fd00::2', 'localhost', '127.0.0.1', '::1'],
    ]);
    const authority = certificateOf(folder, 'ca.pem');
    expect(authority.ca).toBe(true);
    expect(authority.verify(authority.publicKey)).toBe(true);
    const [a, b] = ['a', 'b'].map((name) => certificateOf(folder, `${name}/member.pem`));
    for (const one of [a!, b!]) {
      expect(one.checkIssued(authority) && one.verify(authority.publicKey)).toBe(true);
      expect([one.ca, one.subject.slice(-6), one.keyUsage]).toEqual([
        false,
        '.skein',
        ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
      ]);
      expect(Math.abs(one.validToDate.getTime() - made.validToMs)).toBeLessThan(1000);
    }
    for (const host of ['a.skein', 'search-1.example.com', 'localhost'])
      expect(a!.checkHost(host)).toBe(host);
    for (const host of ['10.0.0.1', '127.0.0.1', '::1']) expect(a!.checkIP(host)).toBe(host);
    expect(a!.checkHost('b.skein')).toBeUndefined();
    expect(b!.checkIP('fd00::2')).toBe('fd00::2');
    expect(a!.serialNumber).not.toBe(b!.serialNumber);
    expect(a!.publicKey.equals(b!.publicKey)).toBe(false);
    expect(read(folder)).toMatchObject({ warnings: [] });
  });

  test('and their keys can be read by their owner only', () => {
    const folder = temporary();
    make({ folder });
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    expect(files).toHaveLength(8);
    for (const one of files) expect(statSync(join(one.parentPath, one.name)).mode & 0o777).toBe(0o600);
  });

  test('can be made for further members, and renewed, by the authority that is there', () => {
    const folder = temporary();
    make({ folder });
    const before = certificateOf(folder, 'a/member.pem');
    expect(() => make({ folder })).toThrow('--renew');
    const more = make({ folder, members: [{ name: 'd', hosts: ['10.0.0.4'] }] });
    expect(more.authority).toBe('found');
    make({ folder, members: [{ name: 'a', hosts: ['10.0.0.1'] }], onExisting: 'renew' });
    const authority = certificateOf(folder, 'ca.pem');
    for (const name of ['a', 'b', 'd']) {
      expect(certificateOf(folder, `${name}/member.pem`).verify(authority.publicKey)).toBe(true);
      expect(certificateOf(folder, `${name}/ca.pem`).raw).toEqual(authority.raw);
    }
    expect(certificateOf(folder, 'a/member.pem').serialNumber).not.toBe(before.serialNumber);
    expect(read(folder).warnings).toEqual([]);
  });

  test('do not outlive their authority', () => {
    const folder = temporary();
    expect(make({ folder, days: 100_000 }).validToMs).toBeLessThan(nowMs + 3_651 * DAY_MS);
    const later = { folder, nowMs: nowMs + 4_000 * DAY_MS, members: [{ name: 'd', hosts: [] }] };
    expect(() => make(later)).toThrow('ca.pem has expired');
  });

  test('are not made for what is no member, nor by half an authority; then nothing is written', () => {
    const folder = temporary();
    const wrong = (members: CertificatesRequest['members']) => () => make({ folder, members });
    expect(wrong([])).toThrow('at least one');
    expect(wrong([{ name: '../a', hosts: [] }])).toThrow('../a');
    expect(wrong([{ name: 'a', hosts: ['10.0.0.1:7701'] }])).toThrow('10.0.0.1:7701');
    expect(wrong([{ name: 'a', hosts: ['*.example.com'] }])).toThrow('*.example.com');
    const twice = ['a', 'a'].map((name) => ({ name, hosts: [] }));
    expect(wrong(twice)).toThrow('twice');
    expect(readdirSync(folder)).toEqual([]);
    make({ folder });
    const d = { folder, members: [{ name: 'd', hosts: [] }] };
    cpSync(join(folder, 'ca.pem'), join(folder, 'saved.pem'));
    cpSync(join(folder, 'a', 'member.pem'), join(folder, 'ca.pem'));
    expect(() => make(d)).toThrow('expected an authority');
    writeFileSync(join(folder, 'ca.pem'), 'x');
    expect(() => make(d)).toThrow('cannot be read');
    rmSync(join(folder, 'ca-key.pem'));
    expect(() => make(d)).toThrow(CertificatesError);
    expect(readdirSync(folder).includes('d')).toBe(false);
  });

  test('that are wrong are refused at start, with the file and what to do', () => {
    const folder = temporary();
    make({ folder });
    const other = temporary();
    make({ folder: other });
    const put = (file: string, from: string | { readonly text: string }): void => {
      if (typeof from === 'string') cpSync(from, join(folder, 'a', file));
      else writeFileSync(join(folder, 'a', file), from.text);
    };
    const restore = (): void => {
      for (const file of ['ca.pem', 'member.pem', 'member-key.pem']) put(file, join(saved, file));
    };
    const saved = temporary();
    cpSync(join(folder, 'a'), saved, { recursive: true });

    rmSync(join(folder, 'a', 'member.pem'));
    expect(() => read(folder)).toThrow(/member\.pem: cannot be read.*skein cluster certificates/);
    restore();
    put('member-key.pem', join(folder, 'b', 'member-key.pem'));
    expect(() => read(folder)).toThrow(/member-key\.pem: expected the key of/);
    put('member-key.pem', { text: 'x' });
    expect(() => read(folder)).toThrow(/member-key\.pem: expected a private key/);
    restore();
    put('ca.pem', join(other, 'ca.pem'));
    expect(() => read(folder)).toThrow(/member\.pem: it is not signed by an authority/);
    // An old and a new one, while certificates are being replaced.
    put('ca.pem', { text: [folder, other].map((one) => readFileSync(join(one, 'ca.pem'), 'utf8')).join('') });
    expect(read(folder).warnings).toEqual([]);
    put('ca.pem', { text: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' });
    expect(() => read(folder)).toThrow(/ca\.pem: expected a certificate/);
    restore();
    cpSync(join(folder, 'b'), join(folder, 'a'), { recursive: true });
    expect(() => read(folder)).toThrow('it is of member b, and this is a');
  });

  test('that have expired are refused, and announced thirty days before', () => {
    const folder = temporary();
    make({ folder });
    expect(() => read(folder, { nowMs: nowMs + 101 * DAY_MS })).toThrow(/expired on .*--renew/);
    expect(() => read(folder, { nowMs: nowMs - 3 * DAY_MS })).toThrow('is the clock right?');
    expect(read(folder, { nowMs: nowMs + 69 * DAY_MS }).warnings).toEqual([]);
    expect(read(folder, { nowMs: nowMs + 90 * DAY_MS }).warnings).toEqual([
      expect.stringMatching(/expires in 9 days.*--renew/),
    ]);
  });

  test('of other authorities are taken when they name the member or its host', () => {
    const folder = temporary();
    make({ folder });
    const named = (name: string, host: string) => () => read(folder, { member: { name, host } });
    expect(named('a', 'elsewhere.example.com')().warnings).toEqual([
      expect.stringContaining('not for elsewhere.example.com'),
    ]);
    expect(named('a', 'search-1.example.com')().warnings).toEqual([]);
    // Its certificate names member a.
    expect(named('c', '10.0.0.1')).toThrow('it is of member a, and this is c');
  });

  test('a key that others can read is announced', () => {
    const folder = temporary();
    make({ folder });
    const file = join(folder, 'a', 'member-key.pem');
    const key = readFileSync(file);
    rmSync(file);
    writeFileSync(file, key, { mode: 0o644 });
    expect(read(folder).warnings).toEqual([expect.stringContaining('chmod 600')]);
  });
});

describe('a file of certificates', () => {
  test('whatever it holds is refused in words', () => {
    const folder = temporary();
    make({ folder });
    const file = join(folder, 'a', 'member.pem');
    const good = readFileSync(file, 'utf8');
    const { publicKey } = generateKeyPairSync('ed25519');
    const bytes = fc
      .tuple(fc.nat(good.length), fc.nat(20), fc.string({ maxLength: 10 }))
      .map(([at, count, text]) => good.slice(0, at) + text + good.slice(at + count));
    const some = fc.oneof(
      bytes,
      fc.string(),
      fc.constant(String(publicKey.export({ type: 'spki', format: 'pem' }))),
    );
    fc.assert(
      fc.property(some, (text) => {
        writeFileSync(file, text);
        try {
          // Most changes are outside of what is signed, or none.
          read(folder);
        } catch (error) {
          expect(error).toMatchObject({ name: 'ConfigurationError', message: expect.stringContaining(file) });
        }
      }),
    );
  });
});

describe('DER', () => {
  test('is as other programs write it', () => {
    expect(integer(Buffer.from([0, 0, 1])).toString('hex')).toBe('020101');
    expect(integer(Buffer.from([0x80])).toString('hex')).toBe('02020080');
    expect(integer(Buffer.from([])).toString('hex')).toBe('020100');
    expect(objectIdentifier('1.2.840.10045.4.3.2').toString('hex')).toBe('06082a8648ce3d040302');
    expect(time(Date.UTC(2049, 11, 31, 23, 59, 59)).toString('latin1', 2)).toBe('491231235959Z');
    expect(time(Date.UTC(2050, 0, 1)).toString('latin1', 2)).toBe('20500101000000Z');
  });
});

test.skipIf(etcdBinary() === undefined)('etcd takes them on all its lines', async () => {
  const folder = temporary();
  make({ folder });
  const { certificates } = read(folder);
  const { ca, cert, key } = certificates;
  const etcd = await startEtcd({ members: 3, certificates: { ca, certificate: cert, key } });
  try {
    expect((await etcd.leader()).endpoint).toMatch(/^https:/);
  } finally {
    await etcd.stop();
  }
});
