import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { makeCertificates } from '../certificates/make-certificates.ts';
import { ConfigurationError, type LoadedConfiguration, loadConfiguration } from '../configuration.ts';
import { clusterConfigurationOf } from './cluster-configuration-of.ts';
import { parseMemberList } from './member-list.ts';

const folder = mkdtempSync(join(tmpdir(), 'skein-cluster-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const three = {
  SKEIN_CLUSTER: '1',
  SKEIN_MEMBER: 'b',
  SKEIN_MEMBERS: 'a=10.0.0.1,b=10.0.0.2:7801,c=[fd00::3]',
  SKEIN_CERTIFICATES: 'certificates',
  SKEIN_SECRET: 'sixteen letters!',
};

const load = (env: Record<string, string>): LoadedConfiguration =>
  loadConfiguration({ args: [], env: { HOME: folder, ...env }, cwd: folder });

test('a member knows all addresses, and asks the etcd of its own machine first', () => {
  const made = makeCertificates({
    members: [{ name: 'b', hosts: ['10.0.0.2'] }],
    folder,
    days: 3,
    onExisting: 'refuse',
    nowMs: Date.now(),
  });
  const { configuration, warnings } = load({ ...three, SKEIN_CERTIFICATES: made.members[0]!.folder });
  expect(warnings).toEqual([]);
  const told: string[] = [];
  expect(clusterConfigurationOf(configuration, (text) => told.push(text))).toEqual({
    member: 'b',
    members: [
      { name: 'a', host: '10.0.0.1', port: 7701 },
      { name: 'b', host: '10.0.0.2', port: 7801 },
      { name: 'c', host: 'fd00::3', port: 7701 },
    ],
    etcdEndpoints: ['https://10.0.0.2:7802', 'https://10.0.0.1:7702', 'https://[fd00::3]:7702'],
    runsEtcd: true,
    certificates: {
      ca: expect.stringContaining('BEGIN CERTIFICATE'),
      cert: expect.stringContaining('BEGIN CERTIFICATE'),
      key: expect.stringContaining('BEGIN PRIVATE KEY'),
    },
    lagMsMax: 10_000,
    journalKeepBytes: 4096 * 1024 * 1024,
    publicUrl: undefined,
  });
  expect(told).toEqual([expect.stringContaining('expires in')]);
});

test('without SKEIN_CLUSTER a machine is alone, and members that are named anyway are told', () => {
  const { configuration, warnings } = load({ SKEIN_MEMBERS: 'a=localhost' });
  expect(clusterConfigurationOf(configuration)).toBeUndefined();
  expect(warnings).toEqual(['SKEIN_MEMBERS has no effect without SKEIN_CLUSTER']);
});

test('an etcd that is there already is used as it is named', () => {
  const env = { ...three, SKEIN_ETCD_ENDPOINTS: 'https://10.0.0.9:2379/, https://etcd.example:2379' };
  expect(load(env).configuration.etcdEndpoints).toEqual([
    'https://10.0.0.9:2379',
    'https://etcd.example:2379',
  ]);
  for (const bad of [
    '10.0.0.9:2379',
    'https://10.0.0.9',
    'ftp://10.0.0.9:1',
    'https://10.0.0.9:1/path',
    ',',
  ]) {
    expect(() => load({ ...three, SKEIN_ETCD_ENDPOINTS: bad })).toThrow(
      'SKEIN_ETCD_ENDPOINTS: expected URLs as',
    );
  }
});

test('what a cluster lacks is told, with what to do', () => {
  const without = (name: keyof typeof three): Record<string, string> =>
    Object.fromEntries(Object.entries(three).filter(([key]) => key !== name));
  const loading = (env: Record<string, string>) => () => load(env);
  expect(loading(without('SKEIN_MEMBERS'))).toThrow('a cluster wants SKEIN_MEMBERS');
  expect(loading(without('SKEIN_MEMBER'))).toThrow('a cluster wants SKEIN_MEMBER: which of a, b, c');
  expect(loading({ ...three, SKEIN_MEMBER: 'd' })).toThrow('SKEIN_MEMBER: expected one of a, b, c, got "d"');
  expect(loading(without('SKEIN_SECRET'))).toThrow('the same SKEIN_SECRET');
  expect(loading(without('SKEIN_CERTIFICATES'))).toThrow('(10.0.0.1) want SKEIN_CERTIFICATES');
  expect(loading({ ...without('SKEIN_CERTIFICATES'), SKEIN_CLUSTER_INSECURE: '1' })).toThrow('(10.0.0.1)');
  const local = { ...without('SKEIN_CERTIFICATES'), SKEIN_MEMBERS: 'a=127.0.0.1:1,b=127.0.0.1:4,c=::1' };
  expect(loading(local)).toThrow(/SKEIN_MEMBERS: expected/);
  const onLoopback = { ...local, SKEIN_MEMBERS: 'a=127.0.0.1:1,b=127.0.0.1:4,c=[::1]' };
  expect(loading(onLoopback)).toThrow('SKEIN_CLUSTER_INSECURE=1 does without');
  const insecure = { ...onLoopback, SKEIN_CLUSTER_INSECURE: '1' };
  expect(load(insecure).configuration.clusterInsecure).toBe(true);
  expect(loading({ ...insecure, SKEIN_CERTIFICATES: 'x' })).toThrow('expected without SKEIN_CERTIFICATES');
  expect(loading({ ...insecure, SKEIN_ETCD_ENDPOINTS: 'http://10.0.0.9:1' })).toThrow('(10.0.0.9)');
  expect(loading({ ...three, SKEIN_ETCD_ELECTION_MS: '200' })).toThrow('expected at least five heartbeats');
  expect(loading({ ...three, SKEIN_PUBLIC_URL: 'a.example' })).toThrow('SKEIN_PUBLIC_URL: expected an URL');
  const absent = { ...three, SKEIN_CERTIFICATES: 'absent' };
  expect(() => clusterConfigurationOf(load(absent).configuration)).toThrow(
    /ca\.pem: cannot be read.*skein cluster/,
  );
});

test('an even number of members is allowed and warned of', () => {
  expect(load({ ...three, SKEIN_MEMBERS: 'a=10.0.0.1,b=10.0.0.2' }).warnings).toEqual([
    '2 members bear no more losses than 1 do; an odd number is better',
  ]);
});

test('members have names, hosts and ports of their own', () => {
  const wrong = (text: string): string => {
    const list = parseMemberList(text);
    return list.kind === 'wrong' ? list.expected : 'nothing else';
  };
  expect(wrong('a=x,a=y')).toContain('"a" twice');
  expect(wrong('a=x:7701,b=x:7703')).toContain('ports of their own for a and b');
  expect(wrong('a=x:7701,b=X:7704')).toBe('nothing else');
  expect(wrong('A=x')).toContain('small letters');
  expect(wrong('a=')).toContain('a host for a');
  expect(wrong('a=x:65534')).toContain('a port from 1 to 65533');
  expect(wrong('a')).toContain('NAME=HOST');
  expect(wrong(' , ')).toContain('members as');
  expect(wrong(Array.from({ length: 10 }, (_, at) => `m${at}=h${at}`).join(','))).toContain('at most 9');
});

test('any text is a list of members or told to be none, and any settings load or are refused by name', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '=',
    ',',
    ':',
    '7701',
    '[',
    ']',
    '::1',
    'host.example',
    ' ',
    '-',
    'Ä',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(piece).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, text, text, (members, member, endpoints) => {
      const list = parseMemberList(members);
      if (list.kind === 'members') {
        for (const { name, host, port } of list.members) {
          expect(name).toMatch(/^[a-z0-9][a-z0-9-]{0,31}$/);
          expect(host).not.toBe('');
          expect(port).toBeGreaterThan(0);
        }
      }
      try {
        load({
          ...three,
          SKEIN_MEMBERS: members,
          SKEIN_MEMBER: member,
          SKEIN_ETCD_ENDPOINTS: endpoints,
        });
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigurationError);
      }
    }),
  );
});
