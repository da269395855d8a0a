import { expect, test } from 'vitest';
import { clusterToken, etcdArguments, etcdEnvironment, listenHost } from './etcd-arguments.ts';

const configuration = {
  data: '/data',
  certificates: '/certificates',
  etcdHeartbeatMs: 50,
  etcdElectionMs: 500,
  etcdQuotaMib: 1,
};

test('etcd is called with mutual TLS on both ports, and syncs what it acknowledges', () => {
  const member = { name: 'b', host: '10.0.0.2', port: 7701 };
  const beginning = { state: 'existing' as const, members: new Map([['b', 'https://10.0.0.2:7703']]) };
  const words = etcdArguments({ configuration, member, token: 't', beginning, version: '3.4.23' });
  expect(words).toEqual(
    expect.arrayContaining([
      '--name=b',
      '--data-dir=/data/etcd',
      '--listen-client-urls=https://10.0.0.2:7702',
      '--listen-peer-urls=https://10.0.0.2:7703',
      '--initial-cluster=b=https://10.0.0.2:7703',
      '--initial-cluster-state=existing',
      '--pre-vote=true',
      '--client-cert-auth=true',
      '--peer-client-cert-auth=true',
      '--peer-trusted-ca-file=/certificates/ca.pem',
      '--quota-backend-bytes=1048576',
    ]),
  );
  expect(words.join(' ')).not.toMatch(/unsafe|enable-v2/);
});

test('with data, it is told nothing of how to begin; without certificates, nothing of TLS', () => {
  const member = { name: 'a', host: 'localhost', port: 1 };
  const plain = { ...configuration, certificates: undefined };
  const words = etcdArguments({
    configuration: plain,
    member,
    token: 't',
    beginning: undefined,
    version: '3.6.0',
  }).join(' ');
  expect(words).toContain(
    '--listen-client-urls=http://127.0.0.1:2 --advertise-client-urls=http://localhost:2',
  );
  expect(words).not.toMatch(/cert|initial-cluster=|initial-cluster-state/);
});

test('versions that do it by themselves are not told to', () => {
  const member = { name: 'a', host: '10.0.0.1', port: 1 };
  const flagsOf = (version: string): readonly string[] =>
    etcdArguments({ configuration, member, token: 't', beginning: undefined, version })
      .map((word) => word.replace(/=.*/, ''))
      .filter((flag) => /pre-vote|logger|log-outputs|snapshot-count/.test(flag));
  expect(flagsOf('3.4.23')).toEqual(['--pre-vote', '--logger', '--log-outputs', '--snapshot-count']);
  expect(flagsOf('3.5.21')).toEqual(['--snapshot-count']);
  for (const version of ['3.6.4', '3.7.0', '4.0.0']) expect(flagsOf(version)).toEqual([]);
});

test('addresses are bound as they are, names on every interface', () => {
  expect(listenHost('10.0.0.1')).toBe('10.0.0.1');
  expect(listenHost('fd00::1')).toBe('fd00::1');
  expect(listenHost('a.search.example')).toBe('0.0.0.0');
});

test("etcd's environment has no settings, neither ours nor its own", () => {
  const env = etcdEnvironment({
    PATH: '/bin',
    SKEIN_SECRET: 's',
    ETCD_NAME: 'n',
    ETCD_UNSUPPORTED_ARCH: 'x',
  });
  expect(env).toEqual({ PATH: '/bin', ETCD_UNSUPPORTED_ARCH: 'x' });
});

test('the token follows from the secret, and does not tell it', () => {
  expect(clusterToken('one secret')).toBe(clusterToken('one secret'));
  expect(clusterToken('one secret')).not.toBe(clusterToken('another secret'));
  expect(clusterToken('one secret')).toMatch(/^skein-[0-9a-f]{16}$/);
});
