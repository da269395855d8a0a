import { createServer } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { askPeer, BlankAnnouncer, readPeerAnswer } from './blank-announcer.ts';

const blankness = { token: 't', peerUrls: ['http://a:1', 'http://b:1'] };

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('who has no data says so at its peer port, and leaves the port free after it', async () => {
  const port = await freePort();
  const member = { name: 'a', host: '127.0.0.1', port: port - 2 };
  const url = `http://127.0.0.1:${port}`;
  for (const round of ['first', 'second']) {
    const announcer = await BlankAnnouncer.listen(member, blankness, undefined);
    expect(await askPeer(url, undefined), round).toEqual({ kind: 'blank', ...blankness });
    await announcer.close();
    expect(await askPeer(url, undefined), round).toEqual({ kind: 'silent', reason: 'nothing listens there' });
  }
});

test('who takes the connection and says nothing is silent', async () => {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expect(await askPeer(`http://127.0.0.1:${port}`, undefined, 50)).toMatchObject({ kind: 'silent' });
  server.close();
});

test('the list of an etcd is read, with ids that no number holds', () => {
  const text =
    '[{"id":15473609577267216508,"peerURLs":["http://a:1"],"name":"a"},{"id":1,"peerURLs":["http://b:1"],"name":"b","clientURLs":["http://b:2"]}]';
  expect(readPeerAnswer(text)).toEqual({
    kind: 'members',
    members: [
      { name: 'a', peerUrls: ['http://a:1'], clientUrls: [] },
      { name: 'b', peerUrls: ['http://b:1'], clientUrls: ['http://b:2'] },
    ],
  });
});

test('whatever is answered is read or is not, and never throws', () => {
  const near = fc.array(
    fc.record({ name: fc.anything(), peerURLs: fc.anything(), clientURLs: fc.anything() }),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        near.map((each) => JSON.stringify(each)),
      ),
      (text) => {
        const answer = readPeerAnswer(text);
        if (answer?.kind === 'members') {
          for (const { peerUrls } of answer.members)
            expect(peerUrls.every((url) => typeof url === 'string')).toBe(true);
        }
      },
    ),
  );
});
