/**
 * Notifications as each kind of receiver wants them.
 *
 *   json        one object with all changes
 *   slack       `text` for where blocks are not shown, and blocks (text of a header ≤ 150 characters, of a section ≤ 3,000; ≤ 50 blocks)
 *   pagerduty   one event for each probe: `trigger` and `resolve` with the same `dedup_key` (Events API v2; summary ≤ 1,024 characters)
 */
import type { JsonObject } from '@skein/base';
import type { AlertTarget } from './alert-target.ts';
import { PROBE_NAMES, type ProbeLevel, type ProbeName, rankOf } from './probe.ts';
import { PROBE_TABLE } from './probe-table.ts';
import type { ProbeChange } from './told-states.ts';

/** Who tells. */
export interface AlertSource {
  /** The same for all members of a cluster, and nowhere else. */
  readonly cluster: string;
  /** The member's name, or that of the machine where there is no cluster. */
  readonly member: string;
  readonly url: string | undefined;
}

/** Something to send in one request. */
export interface AlertBody {
  readonly body: JsonObject;
  /** What the receiver has been told once it has taken it. */
  readonly tells: readonly ProbeChange[];
}

/** A change with the time of the wall clock since when it is so. */
export type DatedChange = ProbeChange & { readonly sinceWallMs: number };

const HEADER_MAX = 150;
const SECTION_MAX = 3_000;
const SUMMARY_MAX = 1_024;
const CRITICAL = 'critical';

/** `changes` is not empty. */
export function alertBodies(
  target: AlertTarget,
  source: AlertSource,
  changes: readonly DatedChange[],
  nowMs: number,
): readonly AlertBody[] {
  switch (target.kind) {
    case 'json':
      return [{ body: jsonBody(source, changes, nowMs), tells: changes }];
    case 'slack':
      return [{ body: slackBody(source, changes), tells: changes }];
    case 'pagerduty':
      return changes.map((change) => ({
        body: pagerDutyBody(target.routingKey ?? '', source, change),
        tells: [change],
      }));
  }
}

/** What `skein alerts test` sends: it can be told from the real ones, and leaves nothing open behind it. */
export function testBodies(target: AlertTarget, source: AlertSource, nowMs: number): readonly JsonObject[] {
  const text = `Test of alerts by ${source.member}: all is well.`;
  const at = new Date(nowMs).toISOString();
  switch (target.kind) {
    case 'json':
      return [{ kind: 'skein-test', version: 1, ...sourceFields(source), at, text, changes: [] }];
    case 'slack':
      return [{ text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: escaped(text) } }] }];
    case 'pagerduty': {
      const key = {
        routing_key: target.routingKey ?? '',
        dedup_key: `skein/${source.cluster}/${source.member}/test`,
      };
      const payload = {
        summary: text,
        source: source.member,
        severity: 'info',
        timestamp: at,
        component: 'skein',
      };
      return [
        { ...key, event_action: 'trigger', payload, client: 'Skein' },
        { ...key, event_action: 'resolve' },
      ];
    }
  }
}

function jsonBody(source: AlertSource, changes: readonly DatedChange[], nowMs: number): JsonObject {
  return {
    kind: 'skein-alert',
    version: 1,
    ...sourceFields(source),
    at: new Date(nowMs).toISOString(),
    state: worstOf(changes),
    text: headline(source, changes),
    changes: changes.map(({ name, before, level, message, sinceWallMs }) => ({
      probe: name,
      scope: PROBE_TABLE[name].scope,
      before,
      state: level,
      since: new Date(sinceWallMs).toISOString(),
      meaning: PROBE_TABLE[name].meaning,
      message,
      advice: level === 'fine' ? '' : PROBE_TABLE[name].advice,
    })),
  };
}

function slackBody(source: AlertSource, changes: readonly DatedChange[]): JsonObject {
  const text = headline(source, changes);
  const from = source.url === undefined ? source.member : `${source.member}, ${source.url}`;
  return {
    text: escaped(text),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(text, HEADER_MAX) } },
      // There are fewer probes than a message may have blocks.
      ...changes.map((change) => ({
        type: 'section',
        text: { type: 'mrkdwn', text: cut(slackLines(change), SECTION_MAX) },
      })),
      { type: 'context', elements: [{ type: 'mrkdwn', text: escaped(`Skein, ${from}`) }] },
    ],
  };
}

function slackLines({ name, before, level, message, sinceWallMs }: DatedChange): string {
  const mark =
    level === CRITICAL
      ? ':red_circle:'
      : level === 'warning'
        ? ':large_orange_circle:'
        : ':large_green_circle:';
  const since = new Date(sinceWallMs).toISOString().slice(0, 19).replace('T', ' ');
  if (level === 'fine') return escaped(`${mark} *${name}* is fine again, since ${since} UTC.`);
  const still = before === level ? 'still ' : '';
  return escaped(
    `${mark} *${name}* is ${still}${level}, since ${since} UTC.\n${message}\n_${PROBE_TABLE[name].advice}_`,
  );
}

function pagerDutyBody(routingKey: string, source: AlertSource, change: DatedChange): JsonObject {
  const { name, level, message, sinceWallMs } = change;
  const key = { routing_key: routingKey, dedup_key: dedupKey(source, name) };
  if (level === 'fine') return { ...key, event_action: 'resolve' };
  const { scope, meaning, advice } = PROBE_TABLE[name];
  const of = scope === 'cluster' ? 'the cluster' : source.member;
  return {
    ...key,
    event_action: 'trigger',
    payload: {
      summary: cut(`Skein, ${of}: ${message}`, SUMMARY_MAX),
      source: source.member,
      severity: level,
      timestamp: new Date(sinceWallMs).toISOString(),
      component: 'skein',
      group: source.cluster,
      class: name,
      custom_details: { message, meaning, advice },
    },
    client: 'Skein',
    ...(source.url === undefined ? {} : { client_url: source.url }),
  };
}

/** Names what is open: all members that tell of the whole cluster tell of the same thing. */
function dedupKey({ cluster, member }: AlertSource, name: ProbeName): string {
  return PROBE_TABLE[name].scope === 'cluster'
    ? `skein/${cluster}/${name}`
    : `skein/${cluster}/${member}/${name}`;
}

function headline({ member }: AlertSource, changes: readonly ProbeChange[]): string {
  const said = (['critical', 'warning', 'fine'] as const).flatMap((level) => {
    const names = PROBE_NAMES.filter((name) =>
      changes.some((each) => each.name === name && each.level === level),
    );
    return names.length === 0 ? [] : [`${level === 'fine' ? 'fine again' : level}: ${names.join(', ')}`];
  });
  return `${member} — ${said.join('; ')}`;
}

function worstOf(changes: readonly ProbeChange[]): ProbeLevel {
  return changes.reduce<ProbeLevel>(
    (worst, { level }) => (rankOf(level) > rankOf(worst) ? level : worst),
    'fine',
  );
}

function sourceFields({ cluster, member, url }: AlertSource): JsonObject {
  return { cluster, member, url: url ?? null };
}

/** The three characters that mean something in Slack's text. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}
