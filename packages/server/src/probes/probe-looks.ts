/**
 * From what is seen to what each probe finds. It remembers since when things have been so; nothing else.
 *
 * Messages may be read by anybody (`GET /health`): counts, sizes, times and names of members, never names of indexes, paths or secrets.
 */
import type { Finding, Findings, ProbeLevel, ProbeName } from './probe.ts';
import {
  awayMembers,
  type BuilderSight,
  type ClusterSight,
  clockOffset,
  etcdSights,
  type Sight,
  sameness,
} from './sight.ts';
import type { ProbeThresholds } from './thresholds.ts';

export interface LooksOptions {
  readonly thresholds: ProbeThresholds;
  readonly cluster:
    | {
        readonly lagMsMax: number;
        /** Undefined: etcd is somebody else's. */
        readonly etcdQuotaBytes: number | undefined;
      }
    | undefined;
}

export const END_WINDOW_MS = 10 * 60_000;
const LOOP_WINDOW_MS = 2 * 60_000;
/** What happened is told for so long. */
const RECENT_MS = 10 * 60_000;
/** After a start members find each other. */
const START_MS = 60_000;
/** A builder tells something each second. */
const SILENT_MS = 3_000;
/** A builder that is being started may have much to replay. */
const STARTING_MS = { warning: 60_000, critical: 600_000 };
/** What differs for so long has not healed by itself. */
const HEAL_MS = 10 * 60_000;
const MIB = 1024 * 1024;
const DAY_MS = 24 * 60 * 60_000;

const FINE: Finding = { level: 'fine', message: '' };

export class ProbeLooks {
  readonly #options: LooksOptions;
  /** Steady time since when something has been so without a pause. */
  readonly #sinceMs = new Map<string, number>();
  #wasWritable = false;
  readonly #failures = new Rises();
  readonly #damages = new Rises();

  constructor(options: LooksOptions) {
    this.#options = options;
  }

  find(sight: Sight): Findings {
    const found = new Map<ProbeName, Finding | 'none'>();
    const note = (name: ProbeName, finding: Finding | 'none' | undefined): void => {
      if (finding !== undefined) found.set(name, finding);
    };
    note('crashes', this.#crashes(sight));
    note('disk', this.#disk(sight));
    note('certificates', this.#certificates(sight));
    note('indexing-slow', this.#indexingSlow(sight));
    const { builder } = sight;
    const isHeard = builder !== undefined && sight.builderRuns && silentMs(sight) < SILENT_MS;
    if (isHeard) note('indexing-errors', this.#indexingErrors(sight.nowMs, builder));
    if (this.#options.cluster === undefined) {
      for (const name of ['lag', 'quorum', 'members', 'etcd-size', 'clock-skew', 'sameness'] as const)
        note(name, 'none');
      return found;
    }
    const cluster = builder?.cluster ?? undefined;
    if (!isHeard || cluster === undefined || cluster.state === 'stopping') return found;
    note('lag', this.#lag(cluster, this.#options.cluster.lagMsMax));
    note('quorum', this.#quorum(sight, cluster));
    note('members', this.#members(sight.nowMs, cluster));
    note('etcd-size', this.#etcdSize(cluster, this.#options.cluster.etcdQuotaBytes));
    note('clock-skew', this.#clockSkew(cluster));
    note('sameness', this.#sameness(sight.nowMs, cluster));
    return found;
  }

  #crashes({ ends, nowMs }: Sight): Finding {
    const { crashes, crashLoop } = this.#options.thresholds;
    const recent = ends.filter(({ atMs }) => nowMs - atMs < END_WINDOW_MS);
    const byName = new Map<string, number>();
    for (const { name, atMs } of recent)
      if (nowMs - atMs < LOOP_WINDOW_MS) byName.set(name, (byName.get(name) ?? 0) + 1);
    for (const [name, count] of byName)
      if (count >= crashLoop)
        return { level: 'critical', message: `The ${name} ended ${count} times within two minutes.` };
    if (recent.length < crashes) return FINE;
    const names = [...new Set(recent.map(({ name }) => name))].sort().join(', ');
    return {
      level: 'warning',
      message: `Processes ended unasked ${recent.length} times within ten minutes: ${names}.`,
    };
  }

  #disk({ disk }: Sight): Finding | undefined {
    if (disk === undefined || disk.bytes <= 0) return undefined;
    const { diskWarningMib, diskWarningPercent, diskCriticalMib, diskCriticalPercent } =
      this.#options.thresholds;
    const [freeMib, percent] = [disk.freeBytes / MIB, (100 * disk.freeBytes) / disk.bytes];
    const level: ProbeLevel =
      freeMib < diskCriticalMib || percent < diskCriticalPercent
        ? 'critical'
        : freeMib < diskWarningMib || percent < diskWarningPercent
          ? 'warning'
          : 'fine';
    if (level === 'fine') return FINE;
    return {
      level,
      message: `The disk has ${bytesText(disk.freeBytes)} of room left, ${percent.toFixed(0)} %.`,
    };
  }

  #certificates({ certificates, wallMs }: Sight): Finding | 'none' {
    if (certificates.length === 0) return 'none';
    const { certificatesWarningDays, certificatesCriticalDays } = this.#options.thresholds;
    const levelOf = (validToMs: number): ProbeLevel => {
      const days = (validToMs - wallMs) / DAY_MS;
      return days < certificatesCriticalDays
        ? 'critical'
        : days < certificatesWarningDays
          ? 'warning'
          : 'fine';
    };
    const findings = certificates.map(({ of, validToMs, usedValidToMs }): Finding => {
      if (validToMs === undefined)
        return { level: 'critical', message: `The certificates of ${of} cannot be used any more.` };
      const level = levelOf(validToMs);
      if (level !== 'fine')
        return { level, message: `The certificates of ${of} ${endText(validToMs, wallMs)}.` };
      if (usedValidToMs === undefined || levelOf(usedValidToMs) === 'fine') return FINE;
      return {
        level: levelOf(usedValidToMs),
        message: `The certificates of ${of} were renewed; those in use ${endText(usedValidToMs, wallMs)}. Reload the server.`,
      };
    });
    return worst(findings);
  }

  #indexingSlow(sight: Sight): Finding | undefined {
    const { builder, builderHeardMs, builderRuns } = sight;
    if (builderHeardMs === undefined) return undefined;
    const { indexingWarningMs, indexingCriticalMs } = this.#options.thresholds;
    const silent = silentMs(sight);
    if (!builderRuns) {
      const level =
        silent >= STARTING_MS.critical ? 'critical' : silent >= STARTING_MS.warning ? 'warning' : 'fine';
      if (level === 'fine') return undefined;
      return { level, message: `The builder has been starting for ${durationText(silent)}: writes wait.` };
    }
    if (silent >= Math.max(SILENT_MS, indexingWarningMs)) {
      const level = silent >= indexingCriticalMs ? 'critical' : 'warning';
      return { level, message: `The builder has not answered for ${durationText(silent)}: writes wait.` };
    }
    if (builder === undefined) return undefined;
    const { behindMs } = builder;
    if (behindMs < indexingWarningMs) return FINE;
    return {
      level: behindMs >= indexingCriticalMs ? 'critical' : 'warning',
      message: `What was written ${durationText(behindMs)} ago is not visible yet.`,
    };
  }

  #indexingErrors(nowMs: number, builder: BuilderSight): Finding {
    const { setAsideIndexCount, setAsideDocumentsCount, failedOperationCount } = builder;
    const findings: Finding[] = [];
    if (setAsideDocumentsCount > 0)
      findings.push({
        level: 'critical',
        message: `The documents of ${counted(setAsideDocumentsCount, 'application')} are damaged and set aside.`,
      });
    if (setAsideIndexCount > 0)
      findings.push({
        level: 'critical',
        message: `${counted(setAsideIndexCount, 'index', 'indexes')} ${setAsideIndexCount === 1 ? 'is' : 'are'} damaged and set aside.`,
      });
    const failures = this.#failures.within(failedOperationCount, nowMs);
    if (failures > 0)
      findings.push({
        level: 'warning',
        message: `${counted(failures, 'operation')} changed nothing within ten minutes, as something went wrong.`,
      });
    return worst(findings);
  }

  #lag({ lagMs }: ClusterSight, lagMsMax: number): Finding {
    if (lagMs <= lagMsMax / 2) return FINE;
    return {
      level: lagMs > lagMsMax ? 'critical' : 'warning',
      message: `This member has been showing older things than another one for ${durationText(lagMs)}.`,
    };
  }

  #quorum({ nowMs, startMs }: Sight, { quorum, state }: ClusterSight): Finding | undefined {
    if (quorum) this.#wasWritable = true;
    const forMs = this.#lastsMs('quorum', !quorum && state !== 'joining', nowMs);
    if (forMs === undefined) return FINE;
    if (!this.#wasWritable && nowMs - startMs < START_MS) return undefined;
    if (forMs < this.#options.thresholds.quorumMs) return FINE;
    return { level: 'critical', message: 'Writes through this member find no majority.' };
  }

  #members(nowMs: number, { described }: ClusterSight): Finding | undefined {
    const away = awayMembers(described);
    if (away === undefined) return undefined;
    const { membersWarningMs, membersCriticalMs } = this.#options.thresholds;
    for (const key of this.#sinceMs.keys())
      if (key.startsWith('away ') && !away.includes(key.slice('away '.length))) this.#sinceMs.delete(key);
    const findings = away.map((name): Finding => {
      const forMs = this.#lastsMs(`away ${name}`, true, nowMs) ?? 0;
      if (forMs < membersWarningMs) return FINE;
      const level = forMs < membersCriticalMs ? 'warning' : 'critical';
      return { level, message: `Member ${name} is away.` };
    });
    return worst(findings);
  }

  #etcdSize({ described }: ClusterSight, quotaBytes: number | undefined): Finding | undefined {
    const sights = etcdSights(described);
    if (sights.some(({ isFull }) => isFull))
      return { level: 'critical', message: 'etcd is full: it takes no writes until it has room again.' };
    const sizes = sights.flatMap(({ dbBytes }) => (dbBytes === undefined ? [] : [dbBytes]));
    if (sizes.length === 0) return undefined;
    if (quotaBytes === undefined) return FINE;
    const { etcdWarningPercent, etcdCriticalPercent } = this.#options.thresholds;
    const percent = (100 * Math.max(...sizes)) / quotaBytes;
    if (percent <= etcdWarningPercent) return FINE;
    return {
      level: percent > etcdCriticalPercent ? 'critical' : 'warning',
      message: `etcd has ${bytesText(Math.max(...sizes))}, ${percent.toFixed(0)} % of what it may have.`,
    };
  }

  #clockSkew({ described }: ClusterSight): Finding {
    const { clockWarningMs, clockCriticalMs } = this.#options.thresholds;
    const offsetMs = clockOffset(described);
    const size = Math.abs(offsetMs);
    if (size <= clockWarningMs) return FINE;
    return {
      level: size > clockCriticalMs ? 'critical' : 'warning',
      message: `This member's clock is ${durationText(size)} ${offsetMs > 0 ? 'behind' : 'ahead of'} the others.`,
    };
  }

  #sameness(nowMs: number, { described }: ClusterSight): Finding {
    const { differingCount, damageCount } = sameness(described);
    const forMs = this.#lastsMs('differs', differingCount > 0, nowMs);
    if (forMs !== undefined) {
      const things = counted(differingCount, 'thing');
      return {
        level: forMs < HEAL_MS ? 'warning' : 'critical',
        message: `${things} ${differingCount === 1 ? 'differs' : 'differ'} here from what other members have.`,
      };
    }
    const damages = this.#damages.within(damageCount, nowMs);
    if (damages === 0) return FINE;
    return {
      level: 'warning',
      message: `${counted(damages, 'index', 'indexes')} had damaged files within ten minutes.`,
    };
  }

  /** How long something has been so; undefined: it is not. */
  #lastsMs(what: string, isSo: boolean, nowMs: number): number | undefined {
    if (!isSo) {
      this.#sinceMs.delete(what);
      return undefined;
    }
    const sinceMs = this.#sinceMs.get(what) ?? nowMs;
    this.#sinceMs.set(what, sinceMs);
    return nowMs - sinceMs;
  }
}

/** How much a count of a process rose lately. It begins anew with each process. */
class Rises {
  #last = 0;
  #rises: { readonly atMs: number; readonly by: number }[] = [];

  within(count: number, nowMs: number): number {
    const by = count < this.#last ? count : count - this.#last;
    this.#last = count;
    this.#rises = this.#rises.filter(({ atMs }) => nowMs - atMs < RECENT_MS);
    if (by > 0) this.#rises.push({ atMs: nowMs, by });
    return this.#rises.reduce((sum, each) => sum + each.by, 0);
  }
}

/** The worst of them, with what all of that kind say. */
function worst(findings: readonly Finding[]): Finding {
  const level = (['critical', 'warning'] as const).find((each) =>
    findings.some((finding) => finding.level === each),
  );
  if (level === undefined) return FINE;
  return {
    level,
    message: findings.flatMap((each) => (each.level === level ? [each.message] : [])).join(' '),
  };
}

function silentMs({ nowMs, builderHeardMs }: Sight): number {
  return builderHeardMs === undefined ? 0 : nowMs - builderHeardMs;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

function bytesText(bytes: number): string {
  return bytes < 1_024 * MIB ? `${Math.round(bytes / MIB)} MiB` : `${(bytes / (1_024 * MIB)).toFixed(1)} GiB`;
}

function endText(atMs: number, nowMs: number): string {
  const day = new Date(atMs).toISOString().slice(0, 10);
  const days = Math.floor((atMs - nowMs) / DAY_MS);
  return days < 0 ? `expired on ${day}` : `expire on ${day}, in ${counted(days, 'day')}`;
}
