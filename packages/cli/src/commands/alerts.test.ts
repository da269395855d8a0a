import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../testing/run-command.ts';

const KEY = '0123456789abcdef0123456789abcdef';

let folder: string;
let receiver: Server;
let url: string;
let received: { readonly path: string; readonly body: unknown }[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skein-cli-alerts-'));
  received = [];
  receiver = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const path = request.url ?? '';
      received.push({ path, body: JSON.parse(text) });
      response.writeHead(path.startsWith('/gone') ? 404 : 200);
      response.end(path.startsWith('/gone') ? 'no_service' : 'ok');
    });
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterEach(() => {
  receiver.close();
  receiver.closeAllConnections();
  rmSync(folder, { recursive: true });
});

test('each target gets a test of its kind, and what came back is told', async () => {
  const env = { SKEIN_ALERTS: `${url}/json,slack:${url}/s3cret,pagerduty:${KEY}@${url}` };
  const { code, out, err } = await runCommand(['alerts', 'test'], { cwd: folder, env });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.match(/taken +status 200: ok/g)).toHaveLength(3);
  expect(out).not.toMatch(/s3cret|0123456789abcdef/);
  const bodyOf = (path: string): unknown[] =>
    received.flatMap((each) => (each.path === path ? [each.body] : []));
  expect(bodyOf('/json')).toMatchObject([{ kind: 'skein-test', changes: [] }]);
  expect(bodyOf('/s3cret')).toMatchObject([
    { text: expect.stringContaining('Test of alerts'), blocks: [{ type: 'section' }] },
  ]);
  const event = { routing_key: KEY, dedup_key: expect.stringMatching(/\/test$/) };
  expect(bodyOf('/v2/enqueue')).toMatchObject([
    { ...event, event_action: 'trigger', payload: { severity: 'info' } },
    { ...event, event_action: 'resolve' },
  ]);
});

test('a target that does not take it is told, and is a failure', async () => {
  const args = ['alerts', 'test', '--json', '--alerts', `slack:${url}/gone/s3cret,http://127.0.0.1:1/x`];
  const { code, out, err } = await runCommand(args, { cwd: folder });
  expect(code).toBe(1);
  expect(err).toBe('skein: not every target has taken it.\n');
  expect(JSON.parse(out)).toMatchObject({
    targets: [
      { ok: false, answer: 'status 404: no_service' },
      { ok: false, answer: 'ECONNREFUSED' },
    ],
  });
});

test('without a target, or with one that is none, there is nothing to try', async () => {
  const usage = async (args: readonly string[]): Promise<string> => {
    const { code, err } = await runCommand(['alerts', 'test', ...args], { cwd: folder });
    expect(code).toBe(4);
    return err;
  };
  expect(await usage([])).toContain('name targets by SKEIN_ALERTS');
  expect(await usage(['--alerts', 'slack:s3cret'])).toBe(
    'skein: --alerts: expected https://…, slack:https://… or pagerduty:KEY (target 1 of 1)\n',
  );
});
