/**
 * The official driver of FQL, one client at each member, that creates documents under ids of its own: whoever does not know whether it was
 * done asks again, perhaps another member, and is told that the document exists only if it was done before.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterMember, RunningCluster } from '@skein/testkit';
import type { Client as DriverClient } from 'faunadb';
import type { Violation } from '../../documents/checker/history.ts';
import { Client, q } from './official-driver.ts';
import type { Silences } from './silences.ts';

export const UNIQUE_COLLECTION = 'uniques';
const PAUSE_MS_MAX = 80;
const TIMEOUT_S = 5;

export class DriverClients {
  readonly violations: Violation[] = [];
  readonly counts = { created: 0, repeated: 0, unanswered: 0 };
  /** Of requests without an answer, by what the driver said. */
  readonly errors = new Map<string, number>();
  readonly #cluster: RunningCluster;
  readonly #random: () => number;
  readonly #silences: Silences;
  /** Ids of documents that are certainly there. */
  readonly #created = new Map<number, string>();
  /** Where it was given up. */
  readonly #perhaps = new Set<number>();
  #number = 0;
  #stopped = false;
  #clients: Promise<unknown> | undefined;

  constructor(cluster: RunningCluster, random: () => number, silences: Silences) {
    this.#cluster = cluster;
    this.#random = random;
    this.#silences = silences;
  }

  start(): void {
    this.#clients = Promise.all(this.#cluster.members.map((member) => this.#create(member)));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#clients;
  }

  /** What a member holds of these documents, by id, against what must be there. */
  check(member: string, stored: ReadonlyMap<number, string>): readonly Violation[] {
    const violations: Violation[] = [];
    for (const [id, by] of this.#created) {
      if (stored.get(id) === by) continue;
      const text = `${member}: document ${id} of ${by} is ${stored.get(id) ?? 'missing'}`;
      violations.push({ kind: 'lost', text });
    }
    for (const id of stored.keys()) {
      if (!this.#created.has(id) && !this.#perhaps.has(id))
        violations.push({ kind: 'unwritten', text: `${member}: document ${id}` });
    }
    return violations;
  }

  async #create(first: ClusterMember): Promise<void> {
    const clients = new Map(this.#cluster.members.map((member) => [member.name, connect(member)]));
    let member = first;
    while (!this.#stopped) {
      const id = ++this.#number;
      let wasUnknown = false;
      for (let tries = 0; ; tries++) {
        const by = `${first.name}-${id}`;
        try {
          const ref = q.Ref(q.Collection(UNIQUE_COLLECTION), String(id));
          await inTime(clients.get(member.name)!.query(q.Create(ref, { data: { by } })));
          this.#created.set(id, by);
          this.counts.created++;
          this.#silences.note();
          break;
        } catch (error) {
          const status = statusOf(error);
          if (status === 400) {
            this.#created.set(id, by);
            if (wasUnknown) this.counts.repeated++;
            else this.#tell(member, error, 'exists though nobody created it');
            break;
          }
          if (status !== 0 && status !== 503 && status !== 408 && status !== 440)
            this.#tell(member, error, 'answered');
          // One that was not even connected may count as unknown: then less is claimed, not more.
          wasUnknown = true;
          this.counts.unanswered++;
          const said = String(error).slice(0, 80);
          this.errors.set(said, (this.errors.get(said) ?? 0) + 1);
          if (status === 0) {
            // It may go on using a connection that is gone.
            void clients.get(member.name)!.close({ force: true });
            clients.set(member.name, connect(member));
          }
          if (this.#stopped && tries > 3) {
            this.#perhaps.add(id);
            break;
          }
          const members = this.#cluster.members;
          member = members[(member.at + 1) % members.length]!;
          await pause(50 + this.#random() * 100);
        }
      }
      await pause(this.#random() * PAUSE_MS_MAX);
      // Home again, now and then.
      if (this.#random() < 0.2) member = first;
    }
    for (const client of clients.values()) await client.close({ force: true });
  }

  #tell(member: ClusterMember, error: unknown, what: string): void {
    this.violations.push({ kind: 'strange', text: `${member.name}: ${what}: ${String(error)}` });
  }
}

function connect({ fqlUrl, fqlSecret }: ClusterMember): DriverClient {
  const { hostname, port } = new URL(fqlUrl);
  return new Client({
    secret: fqlSecret,
    domain: hostname,
    port: Number(port),
    scheme: 'http',
    timeout: TIMEOUT_S,
    http2SessionIdleTime: 500,
  });
}

/** Of a request whose connection breaks the driver tells nothing, not even after its own timeout. */
async function inTime(asked: Promise<unknown>): Promise<void> {
  const answered = new AbortController();
  const late = pause(TIMEOUT_S * 1_000, undefined, { signal: answered.signal }).then(
    () => {
      throw new Error('no answer in time');
    },
    () => undefined,
  );
  try {
    await Promise.race([asked, late]);
  } finally {
    answered.abort();
  }
}

/** 0: no answer. */
function statusOf(error: unknown): number {
  const result = (error as { readonly requestResult?: { readonly statusCode?: number } }).requestResult;
  return result?.statusCode ?? 0;
}
