/** The settings of probes and alerts: their lines of the table in `configuration.ts`. */
import type { Setting } from '../configuration.ts';
import { ConfigurationError } from '../configuration-error.ts';
import { type AlertTarget, parseAlertTargets } from './alert-target.ts';
import { DEFAULT_THRESHOLDS, type ProbeThresholds, parseThresholds } from './thresholds.ts';

export interface ProbeSettings {
  readonly alerts: readonly AlertTarget[];
  readonly probeThresholds: ProbeThresholds;
}

export const PROBE_SETTINGS: readonly Setting[] = [
  {
    key: 'alerts',
    env: 'SKEIN_ALERTS',
    flag: 'alerts',
    kind: 'text',
    secret: true,
    defaultText: 'none',
    help: 'who is told when something is not fine, with commas between: https://… (JSON), slack:https://…, pagerduty:KEY; try them by `skein alerts test`',
  },
  {
    key: 'probeThresholds',
    env: 'SKEIN_PROBE_THRESHOLDS',
    flag: 'probe-thresholds',
    kind: 'text',
    defaultText: 'none',
    help: 'when probes fire, where the defaults do not fit: diskWarningPercent=10,diskWarningMib=1000; all names: docs/operating/probes.md',
  },
];

/** Throws `ConfigurationError`. */
export function resolveProbeSettings(given: {
  readonly text: (key: keyof ProbeSettings) => string | undefined;
  readonly sourceOf: (key: keyof ProbeSettings) => string;
}): ProbeSettings {
  const wrong = (key: keyof ProbeSettings, expected: string): ConfigurationError =>
    new ConfigurationError(`${given.sourceOf(key)}: expected ${expected}`);
  const alerts = given.text('alerts');
  const parsed = alerts === undefined ? undefined : parseAlertTargets(alerts);
  if (parsed?.kind === 'wrong') throw wrong('alerts', parsed.expected);
  const thresholds = given.text('probeThresholds');
  const read = thresholds === undefined ? undefined : parseThresholds(thresholds);
  if (read?.kind === 'wrong') throw wrong('probeThresholds', read.expected);
  return { alerts: parsed?.targets ?? [], probeThresholds: read?.thresholds ?? DEFAULT_THRESHOLDS };
}
