/**
 * How long writes and searches pause when something ends or hangs. Writers ask again at once, another member each time, as clients of three
 * addresses do; what they write has an id of its own, so that twice is once.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterMember, RunningCluster } from '@skein/testkit';
import { until } from '../../documents/server/until.ts';
import { type Figures, figuresOf } from './measure-figures.ts';
import { askOnce } from './plain-client.ts';
import { Silences } from './silences.ts';

const INDEX = 'pauses';
const WRITERS_PER_MEMBER = 3;
/** Who gives up sooner asks another one sooner; on a machine so busy that answers take longer, nobody is answered at all. */
const ATTEMPT_MS = 500;
/** To be sure that everything is as always before and after. */
const QUIET_MS = 2_000;

export const PAUSE_KINDS = ['leader-killed', 'leader-paused', 'builder-killed', 'query-killed'] as const;
export type PauseKind = (typeof PAUSE_KINDS)[number];

export interface PauseFigures {
  readonly kind: PauseKind;
  /** Between two acknowledged writes of any writer, ms. */
  readonly anyWrite: Figures;
  /** As above, of those that only ever ask the member that was hit. */
  readonly writesThere: Figures;
  /** As above, of those that only ever ask one of the others. */
  readonly writesElsewhere: Figures;
  readonly searches: Figures;
  readonly writesUnanswered: number;
}

export async function measurePauses(
  cluster: RunningCluster,
  kind: PauseKind,
  times: number,
  say: (text: string) => void,
): Promise<PauseFigures> {
  const work = new Work(cluster);
  const found: {
    readonly any: number;
    readonly there: number;
    readonly elsewhere: number;
    readonly search: number;
  }[] = [];
  work.start();
  try {
    for (let trial = 0; trial < times; trial++) {
      await work.untilAllAnswer();
      await pause(QUIET_MS);
      const victim = await victimOf(cluster, kind, trial);
      const fromMs = performance.now();
      const undo = hit(victim, kind);
      await pause(QUIET_MS);
      await until('writes again', () => performance.now() - work.any.lastMs < 100);
      const toMs = performance.now();
      found.push({
        any: work.any.longestWithin(fromMs, toMs),
        there: work.at(victim).longestWithin(fromMs, toMs),
        elsewhere: Math.max(
          ...cluster.members
            .filter((member) => member !== victim)
            .map((member) => work.at(member).longestWithin(fromMs, toMs)),
        ),
        search: work.searches.longestWithin(fromMs, toMs),
      });
      say(
        `${kind} at ${victim.name}: ${JSON.stringify(found.at(-1), (_, value: unknown) => (typeof value === 'number' ? Math.round(value) : value))}`,
      );
      await undo();
    }
  } finally {
    await work.stop();
  }
  return {
    kind,
    anyWrite: figuresOf(found.map(({ any }) => any)),
    writesThere: figuresOf(found.map(({ there }) => there)),
    writesElsewhere: figuresOf(found.map(({ elsewhere }) => elsewhere)),
    searches: figuresOf(found.map(({ search }) => search)),
    writesUnanswered: work.unanswered,
  };
}

async function victimOf(cluster: RunningCluster, kind: PauseKind, trial: number): Promise<ClusterMember> {
  if (!kind.startsWith('leader')) return cluster.members[trial % cluster.members.length]!;
  let leader: ClusterMember | undefined;
  await until('a leader', async () => {
    leader = await cluster.leader();
    return leader !== undefined;
  });
  return leader!;
}

function hit(victim: ClusterMember, kind: PauseKind): () => Promise<void> {
  switch (kind) {
    case 'leader-killed':
      victim.killMachine();
      return () => victim.start();
    case 'leader-paused':
      victim.pause('machine');
      return () => {
        victim.resume();
        return Promise.resolve();
      };
    case 'builder-killed':
      victim.kill('builder');
      return () => Promise.resolve();
    case 'query-killed':
      victim.kill('query');
      return () => Promise.resolve();
  }
}

class Work {
  readonly any = new Silences();
  readonly searches = new Silences();
  unanswered = 0;
  readonly #cluster: RunningCluster;
  readonly #at: ReadonlyMap<ClusterMember, Silences>;
  #number = 0;
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(cluster: RunningCluster) {
    this.#cluster = cluster;
    this.#at = new Map(cluster.members.map((member) => [member, new Silences()]));
  }

  at(member: ClusterMember): Silences {
    return this.#at.get(member)!;
  }

  start(): void {
    const { members } = this.#cluster;
    const roaming = members.flatMap((member) =>
      Array.from({ length: WRITERS_PER_MEMBER }, () => this.#roam(member.at)),
    );
    this.#running = Promise.all([
      ...roaming,
      ...members.map((member) => this.#stay(member)),
      this.#search(0),
      this.#search(1),
    ]);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async untilAllAnswer(): Promise<void> {
    for (const silences of [this.any, this.searches, ...this.#at.values()]) {
      const goal = silences.count + 10;
      await until('all members answer', () => silences.count >= goal);
    }
  }

  async #roam(home: number): Promise<void> {
    const { members } = this.#cluster;
    for (let at = home; !this.#stopped; ) {
      const objectID = `r${++this.#number}`;
      for (let isDone = false; !isDone && !this.#stopped; ) {
        isDone = await this.#write(members[at]!, objectID, ATTEMPT_MS);
        if (!isDone) at = (at + 1) % members.length;
      }
      this.any.note();
      await pause(5);
    }
  }

  async #stay(member: ClusterMember): Promise<void> {
    while (!this.#stopped) {
      const objectID = `s${++this.#number}`;
      if (await this.#write(member, objectID, 5_000)) {
        this.at(member).note();
        this.any.note();
      }
      await pause(5);
    }
  }

  async #write(member: ClusterMember, objectID: string, timeoutMs: number): Promise<boolean> {
    const { applicationId, adminKey: key } = this.#cluster;
    const { outcome } = await askOnce({
      url: member.url,
      line: `PUT /1/indexes/${INDEX}/${objectID}`,
      applicationId,
      key,
      body: { objectID, text: 'pause' },
      timeoutMs,
    });
    if (outcome !== 'ok') this.unanswered++;
    return outcome === 'ok';
  }

  /** As the official clients do, but sooner: the next address when one does not answer. */
  async #search(home: number): Promise<void> {
    const { members, applicationId, searchKey: key } = this.#cluster;
    for (let at = home; !this.#stopped; ) {
      const { outcome } = await askOnce({
        url: members[at]!.url,
        line: `POST /1/indexes/${INDEX}/query`,
        applicationId,
        key,
        body: { query: 'pause', hitsPerPage: 1 },
        timeoutMs: ATTEMPT_MS,
      });
      if (outcome === 'ok') {
        this.searches.note();
        await pause(5);
      } else at = (at + 1) % members.length;
    }
  }
}
