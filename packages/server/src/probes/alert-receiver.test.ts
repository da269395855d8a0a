/**
 * Alerts as they arrive at real receivers, with a clock that the test moves:
 *   1. Each kind of receiver gets what its service documents, when something fires, gets worse and clears.
 *   2. Many probes at once are one message; of PagerDuty, one event each.
 *   3. A receiver that was down is told how things are when it is back, in one message; tries become rarer meanwhile.
 *   4. What is refused is not sent again for an hour, unless there is news.
 *   5. A receiver that hangs holds up nothing, and at a stop is left at once.
 *   6. Nothing secret is logged or written down.
 */
import type { Json, JsonObject } from '@skein/base';
import { isJsonObject } from '@skein/base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AlertInbox } from '../testing/alert-inbox.ts';
import { AlertReceiver } from './alert-receiver.ts';
import { type AlertTarget, parseAlertTargets } from './alert-target.ts';
import { PROBE_NAMES, type ProbeLevel, type ProbeName, type ProbeStates } from './probe.ts';

const KEY = '0123456789abcdef0123456789ABCDEF';
const source = { cluster: 'c0ffee', member: 'a', url: 'https://a.example' };
const WALL_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const S = 1_000;
const NOBODY = new Set<ProbeName>();

let inbox: AlertInbox;
let logged: string[];
const open: AlertReceiver[] = [];
beforeEach(async () => {
  inbox = await AlertInbox.open();
  logged = [];
});
afterEach(async () => {
  for (const receiver of open.splice(0)) receiver.stop();
  await inbox.close();
});

function targetOf(kind: AlertTarget['kind']): AlertTarget {
  const texts = {
    json: `${inbox.url}/hook?token=s3cret`,
    slack: `slack:${inbox.url}/services/T/B/s3cret`,
    pagerduty: `pagerduty:${KEY}@${inbox.url}`,
  };
  const parsed = parseAlertTargets(texts[kind]);
  if (parsed.kind === 'wrong') throw new Error(parsed.expected);
  return parsed.targets[0]!;
}

/** Long after its start; moves the clock by a second for each look. */
class Clocked {
  readonly receiver: AlertReceiver;
  nowMs = 0;
  states: ProbeStates = new Map();

  constructor(kind: AlertTarget['kind']) {
    this.receiver = new AlertReceiver({
      target: targetOf(kind),
      source,
      startMs: -3_600 * S,
      log: (level, message) => logged.push(`${level}: ${message}`),
    });
    open.push(this.receiver);
  }

  set(given: Partial<Record<ProbeName, ProbeLevel>>): void {
    const before = this.states;
    this.states = new Map(
      Object.entries(given).map(([name, level]) => {
        const was = before.get(name as ProbeName);
        const sinceMs = was?.level === level ? was.sinceMs : this.nowMs;
        return [
          name as ProbeName,
          { level, sinceMs, message: level === 'fine' ? '' : `${name} <is> ${level} & so on` },
        ];
      }),
    );
  }

  async run(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await this.receiver.note(this.nowMs, WALL_MS + this.nowMs, this.states, NOBODY);
      this.nowMs += S;
    }
  }
}

async function fireWorsenClear(kind: AlertTarget['kind']): Promise<readonly JsonObject[]> {
  const clocked = new Clocked(kind);
  clocked.set({ disk: 'warning', lag: 'fine' });
  await clocked.run(60);
  clocked.set({ disk: 'critical', lag: 'fine' });
  await clocked.run(60);
  clocked.set({ disk: 'fine', lag: 'fine' });
  await clocked.run(60);
  return inbox.bodies;
}

test('1: a generic receiver gets all of it as JSON', async () => {
  const bodies = await fireWorsenClear('json');
  expect(bodies).toHaveLength(3);
  expect(bodies[0]).toEqual({
    kind: 'skein-alert',
    version: 1,
    cluster: 'c0ffee',
    member: 'a',
    url: 'https://a.example',
    at: '2026-01-02T03:04:07.000Z',
    state: 'warning',
    text: 'a — warning: disk',
    changes: [
      {
        probe: 'disk',
        scope: 'member',
        before: 'fine',
        state: 'warning',
        since: '2026-01-02T03:04:05.000Z',
        meaning: expect.any(String),
        message: 'disk <is> warning & so on',
        advice: expect.any(String),
      },
    ],
  });
  expect(bodies.map(({ state, text }) => [state, text])).toEqual([
    ['warning', 'a — warning: disk'],
    ['critical', 'a — critical: disk'],
    ['fine', 'a — fine again: disk'],
  ]);
  expect(inbox.received[0]).toMatchObject({ path: '/hook?token=s3cret', contentType: 'application/json' });
});

test('1: Slack gets a text, and blocks within its limits, with its three characters escaped', async () => {
  const bodies = await fireWorsenClear('slack');
  expect(bodies).toHaveLength(3);
  for (const body of bodies) expectSlack(body);
  const [, section] = bodies[0]!['blocks'] as readonly JsonObject[];
  expect(section?.['text']).toMatchObject({
    type: 'mrkdwn',
    text: expect.stringContaining(
      '*disk* is warning, since 2026-01-02 03:04:05 UTC.\ndisk &lt;is&gt; warning &amp; so on\n',
    ),
  });
  expect(JSON.stringify(bodies[2])).toContain('*disk* is fine again');
  expect(inbox.received[0]?.path).toBe('/services/T/B/s3cret');
});

/** As the reference of Block Kit has it. */
function expectSlack(body: JsonObject): void {
  expect(Object.keys(body).sort()).toEqual(['blocks', 'text']);
  expect(body['text']).toEqual(expect.stringMatching(/./));
  const blocks = body['blocks'] as readonly JsonObject[];
  expect(blocks.length).toBeLessThanOrEqual(50);
  const textOf = (block: JsonObject): JsonObject => {
    const text: Json | undefined = block['text'];
    return isJsonObject(text) ? text : {};
  };
  for (const block of blocks) {
    const { type, text = '' } = textOf(block) as { type?: string; text?: string };
    if (block['type'] === 'header') {
      expect(type).toBe('plain_text');
      expect(text.length).toBeLessThanOrEqual(150);
    } else if (block['type'] === 'section') {
      expect(type).toBe('mrkdwn');
      expect(text.length).toBeLessThanOrEqual(3_000);
      expect(text.replaceAll(/&(?:amp|lt|gt);/g, '')).not.toMatch(/[<>&]/);
    } else expect(block).toMatchObject({ type: 'context', elements: [{ type: 'mrkdwn' }] });
  }
}

test('1: PagerDuty gets a trigger, a worse one, and a resolve, all with one dedup_key', async () => {
  const bodies = await fireWorsenClear('pagerduty');
  const key = { routing_key: KEY, dedup_key: 'skein/c0ffee/a/disk' };
  const trigger = (severity: string, timestamp: string) => ({
    ...key,
    event_action: 'trigger',
    payload: {
      summary: `Skein, a: disk <is> ${severity} & so on`,
      source: 'a',
      severity,
      timestamp,
      component: 'skein',
      group: 'c0ffee',
      class: 'disk',
      custom_details: {
        message: expect.any(String),
        meaning: expect.any(String),
        advice: expect.any(String),
      },
    },
    client: 'Skein',
    client_url: 'https://a.example',
  });
  expect(bodies).toEqual([
    trigger('warning', '2026-01-02T03:04:05.000Z'),
    trigger('critical', '2026-01-02T03:05:05.000Z'),
    { ...key, event_action: 'resolve' },
  ]);
  expect(inbox.received[0]?.path).toBe('/v2/enqueue');
});

test('1: members that tell of the whole cluster tell PagerDuty of one thing', async () => {
  const clocked = new Clocked('pagerduty');
  clocked.set({ members: 'critical' });
  await clocked.run(5);
  expect(inbox.bodies).toMatchObject([
    { dedup_key: 'skein/c0ffee/members', payload: { summary: expect.stringContaining('the cluster') } },
  ]);
});

test('2: many probes at once are one message; of PagerDuty, one event each', async () => {
  const storm = Object.fromEntries(PROBE_NAMES.map((name) => [name, 'critical'] as const));
  for (const kind of ['json', 'slack', 'pagerduty'] as const) {
    inbox.received.length = 0;
    const clocked = new Clocked(kind);
    clocked.set(storm);
    await clocked.run(600);
    if (kind === 'slack') expectSlack(inbox.bodies[0]!);
    expect(inbox.received).toHaveLength(kind === 'pagerduty' ? PROBE_NAMES.length : 1);
  }
  expect(new Set(inbox.bodies.map((body) => body['dedup_key'])).size).toBe(PROBE_NAMES.length);
});

test('3: a receiver that was down hears in one message how things are, and was tried ever more rarely', async () => {
  const clocked = new Clocked('json');
  let tries = 0;
  inbox.answer = (_, response) => {
    tries++;
    response.writeHead(503);
    response.end();
  };
  clocked.set({ disk: 'warning', lag: 'critical' });
  await clocked.run(600);
  // 1, 2, 4 … 300 seconds apart.
  expect(tries).toBe(10);
  await inbox.close();
  clocked.set({ disk: 'critical', lag: 'fine' });
  await clocked.run(3_600);
  await inbox.reopen();
  inbox.received.length = 0;
  inbox.answer = (_, response) => {
    response.writeHead(200);
    response.end();
  };
  await clocked.run(300);
  expect(inbox.bodies).toMatchObject([
    { text: 'a — critical: disk', changes: [{ probe: 'disk', before: 'fine' }] },
  ]);
  expect(logged).toEqual([
    expect.stringMatching(
      /^warn: alerts do not reach json at 127.0.0.1:\d+ \([0-9a-f]{8}\): status 503; trying on$/,
    ),
    expect.stringMatching(/^info: alerts reach json at .* again$/),
  ]);
});

test('3: of several events those that were taken are not sent again', async () => {
  const clocked = new Clocked('pagerduty');
  let count = 0;
  inbox.answer = (_, response) => {
    response.writeHead(++count === 2 ? 429 : 202, { 'Retry-After': '90' });
    response.end();
  };
  clocked.set({ disk: 'critical', lag: 'critical', crashes: 'warning' });
  await clocked.run(60);
  expect(inbox.bodies.map((body) => body['dedup_key'])).toEqual([
    'skein/c0ffee/a/disk',
    'skein/c0ffee/a/lag',
  ]);
  await clocked.run(60);
  expect(inbox.bodies.slice(2).map((body) => body['dedup_key'])).toEqual([
    'skein/c0ffee/a/lag',
    'skein/c0ffee/a/crashes',
  ]);
});

test('4: what is refused is sent again after an hour, or when there is something else to tell', async () => {
  const clocked = new Clocked('slack');
  inbox.answer = (_, response) => {
    response.writeHead(404);
    response.end('no_service');
  };
  clocked.set({ disk: 'warning' });
  await clocked.run(3_000);
  expect(inbox.received).toHaveLength(1);
  await clocked.run(900);
  expect(inbox.received).toHaveLength(2);
  clocked.set({ disk: 'critical' });
  await clocked.run(10);
  expect(inbox.received).toHaveLength(3);
  expect(logged.every((line) => line.includes('refused by slack at') && line.includes('404'))).toBe(true);
});

test('5: a receiver that hangs is asked once at a time, and left at a stop', async () => {
  const clocked = new Clocked('json');
  inbox.answer = () => undefined;
  clocked.set({ disk: 'warning' });
  await clocked.run(2);
  const sending = clocked.run(1);
  await expect.poll(() => inbox.received.length).toBe(1);
  // Looks go on meanwhile, and return at once.
  clocked.nowMs += 60 * S;
  await clocked.run(60);
  expect(inbox.received).toHaveLength(1);
  clocked.receiver.stop();
  await sending;
  expect([...clocked.receiver.known]).toEqual([]);
});

test('6: labels and log lines name no path, no key and no query', async () => {
  inbox.answer = (_, response) => {
    response.writeHead(400);
    response.end('s3cret');
  };
  for (const kind of ['json', 'slack', 'pagerduty'] as const) {
    const clocked = new Clocked(kind);
    clocked.set({ disk: 'warning' });
    await clocked.run(5);
    logged.push(clocked.receiver.label);
  }
  expect(logged).toHaveLength(6);
  expect(logged.join('\n')).not.toMatch(/s3cret|services|hook|0123456789abcdef/);
});
