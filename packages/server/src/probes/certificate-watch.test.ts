import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeCertificates } from '../certificates/make-certificates.ts';
import { selfSigned } from '../testing/self-signed.ts';
import { CertificateWatch } from './certificate-watch.ts';

const folder = mkdtempSync(join(tmpdir(), 'skein-certificate-watch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DAY_MS = 24 * 60 * 60_000;
const nowMs = Date.now();
const own = { name: 'a', host: '127.0.0.1', port: 7701 };
const make = (days: number, onExisting: 'refuse' | 'renew'): string =>
  makeCertificates({ members: [{ name: 'a', hosts: ['127.0.0.1'] }], folder, days, onExisting, nowMs })
    .members[0]!.folder;

test('what is in the files, and what is in use, are told apart until the processes read anew', () => {
  const member = { folder: make(10, 'refuse'), own };
  const watch = new CertificateWatch({ member, fqlTlsCert: undefined });
  const days = () =>
    watch
      .look(lookMs, nowMs)
      .map(({ validToMs, usedValidToMs }) =>
        [validToMs, usedValidToMs].map((each) =>
          each === undefined ? undefined : Math.round((each - nowMs) / DAY_MS),
        ),
      );
  let lookMs = 0;
  expect(days()).toEqual([[10, 10]]);
  make(100, 'renew');
  lookMs += 30_000;
  // Files are read once a minute.
  expect(days()).toEqual([[10, 10]]);
  lookMs += 30_000;
  const [[renewed, used] = []] = days();
  expect([renewed === 10, used]).toEqual([false, 10]);
  watch.reloaded();
  expect(days()).toEqual([[renewed, renewed]]);
  writeFileSync(join(member.folder, 'member.pem'), 'damaged');
  lookMs += 60_000;
  expect(days()).toEqual([[undefined, renewed]]);
});

test('the certificate of the FQL port is watched, too', () => {
  const fqlTlsCert = join(folder, 'fql.pem');
  writeFileSync(fqlTlsCert, selfSigned().cert);
  const watch = new CertificateWatch({ member: undefined, fqlTlsCert });
  const end = Date.UTC(2120, 0, 1);
  expect(watch.look(0, nowMs)).toEqual([{ of: 'the FQL port', validToMs: end, usedValidToMs: end }]);
  expect(new CertificateWatch({ member: undefined, fqlTlsCert: undefined }).look(0, nowMs)).toEqual([]);
});
