/**
 * Whom alerts are sent to:
 *
 *   https://hooks.example/x            its own JSON (docs/operating/probes.md)
 *   slack:https://hooks.slack.com/…    an incoming webhook of Slack
 *   pagerduty:KEY                      an Events API v2 integration of PagerDuty; @https://… behind the key: another address of it
 *
 * All of them are secrets: who knows one can write there.
 */
import { createHash } from 'node:crypto';

export interface AlertTarget {
  readonly kind: 'json' | 'slack' | 'pagerduty';
  readonly url: string;
  /** Only of PagerDuty. */
  readonly routingKey: string | undefined;
  /** For logs and for telling targets apart: kind and host, and a digest of all of it. Nothing in it is secret. */
  readonly label: string;
}

const TARGET_COUNT_MAX = 16;
const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';
/** Commas and spaces separate targets, but stay in one where no target begins behind them. */
const SEPARATOR = /[\s,]+(?=(?:https?|slack|pagerduty):)/i;

/** In words what is wrong, without repeating any secret. */
export type ParsedTargets =
  | { readonly kind: 'targets'; readonly targets: readonly AlertTarget[] }
  | { readonly kind: 'wrong'; readonly expected: string };

export function parseAlertTargets(text: string): ParsedTargets {
  const parts = text
    .trim()
    .replace(/[\s,]+$/, '')
    .split(SEPARATOR);
  if (parts.length > TARGET_COUNT_MAX)
    return { kind: 'wrong', expected: `at most ${TARGET_COUNT_MAX} targets` };
  const targets: AlertTarget[] = [];
  for (const [at, part] of parts.entries()) {
    const target = parseTarget(part);
    if (typeof target === 'string')
      return { kind: 'wrong', expected: `${target} (target ${at + 1} of ${parts.length})` };
    if (targets.every(({ label }) => label !== target.label)) targets.push(target);
  }
  return { kind: 'targets', targets };
}

/** Or what was expected. */
function parseTarget(text: string): AlertTarget | string {
  const pagerduty = /^pagerduty:([^@]*)(?:@(.*))?$/is.exec(text);
  if (pagerduty !== null) {
    const [, routingKey = '', address] = pagerduty;
    if (!/^[A-Za-z0-9]{32}$/.test(routingKey)) return 'pagerduty:KEY with a key of 32 letters and digits';
    const url = address === undefined ? new URL(PAGERDUTY_URL) : parseUrl(address);
    if (url === undefined) return 'pagerduty:KEY@https://… with an address that is a URL';
    if (url.pathname === '/') url.pathname = '/v2/enqueue';
    return target('pagerduty', url, routingKey);
  }
  const isSlack = /^slack:/i.test(text);
  const url = parseUrl(isSlack ? text.slice('slack:'.length) : text);
  if (url === undefined) return 'https://…, slack:https://… or pagerduty:KEY';
  return target(isSlack ? 'slack' : 'json', url, undefined);
}

function target(kind: AlertTarget['kind'], url: URL, routingKey: string | undefined): AlertTarget {
  const digest = createHash('sha256')
    .update(`${kind} ${routingKey ?? ''} ${url.href}`)
    .digest('hex');
  return { kind, url: url.href, routingKey, label: `${kind} at ${url.host} (${digest.slice(0, 8)})` };
}

function parseUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.hostname !== ''
    ? url
    : undefined;
}
