/**
 * Clients that write records, and some that look whether they show:
 *
 *  - official ones with the addresses of all members; they try again by themselves, so each record has its own id and is written once
 *  - plain ones, one at each member, that try nothing again: records whose ids the server makes, records that are overwritten and deleted,
 *    and numbers that are counted up. For them twice is as wrong as never
 *  - watchers, one at each member: what a task says is published, the next question finds
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterMember, RunningCluster } from '@skein/testkit';
import { type Algoliasearch, algoliasearch } from 'algoliasearch';
import type { Outcome, Violation } from '../../documents/checker/history.ts';
import { askOnce, type PlainAnswer } from './plain-client.ts';
import { contentOf, RecordLedger, type StoredRecord } from './record-ledger.ts';
import { ANCHOR_COUNT } from './search-clients.ts';
import type { Silences } from './silences.ts';

const PAUSE_MS_MAX = 60;
const OWN_RECORD_COUNT = 5;
const BROWSE_PAGE = 1_000;
/** The official client waits half a minute for a write by itself: then few would meet a fault. */
const TIMEOUTS = { connect: 1_000, read: 4_000, write: 15_000 };

interface Shown {
  readonly objectID: string;
  readonly word: string;
  readonly taskID: number;
}

/** For looking at by hand when something is wrong. */
interface NotedWrite {
  readonly sentMs: number;
  readonly answeredMs: number;
  /** A member, or `official`. */
  readonly at: string;
  readonly what: string;
  readonly outcome: Outcome;
  readonly taskID: unknown;
}

export class RecordClients {
  readonly ledger = new RecordLedger();
  readonly noted: NotedWrite[] = [];
  readonly violations: Violation[] = [];
  watchedCount = 0;
  waitedCount = 0;
  readonly #cluster: RunningCluster;
  readonly #index: string;
  readonly #random: () => number;
  readonly #silences: Silences;
  /** The newest record that was acknowledged and is not written again. */
  #newest: Shown | undefined;
  #number = 0;
  #stopped = false;
  #clients: Promise<unknown> | undefined;

  constructor(cluster: RunningCluster, index: string, random: () => number, silences: Silences) {
    this.#cluster = cluster;
    this.#index = index;
    this.#random = random;
    this.#silences = silences;
  }

  /** Settings, and records that never change, shown by all members. */
  async prepare(): Promise<void> {
    const { members } = this.#cluster;
    const anchors = Array.from({ length: ANCHOR_COUNT }, (_, at) => ({
      objectID: `anchor-${at}`,
      text: 'anchor',
    }));
    const counters = members.map(({ name }) => ({ objectID: `counter-${name}`, n: 0 }));
    const requests = [...anchors, ...counters].map((body) => ({ action: 'addObject', body }));
    await this.insist(members[0]!, `PUT /1/indexes/${this.#index}/settings`, {
      searchableAttributes: ['text'],
      customRanking: ['desc(number)'],
    });
    const { json } = await this.insist(members[0]!, `POST /1/indexes/${this.#index}/batch`, { requests });
    for (const anchor of anchors) this.ledger.wrote(anchor.objectID, anchor, 'ok');
    for (const { objectID } of counters) this.ledger.counted(objectID, 'failed');
    for (const member of members) await this.untilPublished(member, Number(json['taskID']));
  }

  start(): void {
    const { members, hosts } = this.#cluster;
    this.#clients = Promise.all([
      ...hosts.map((_, at) => this.#save(at, [...hosts.slice(at), ...hosts.slice(0, at)])),
      ...members.map((member) => this.#write(member)),
      ...members.map((member) => this.#watch(member)),
    ]);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#clients;
  }

  /** Everything that a member shows. */
  async browse(member: ClusterMember): Promise<readonly StoredRecord[]> {
    const records: StoredRecord[] = [];
    for (let cursor: unknown; ; ) {
      const body = cursor === undefined ? { hitsPerPage: BROWSE_PAGE } : { cursor };
      const { json } = await this.insist(member, `POST /1/indexes/${this.#index}/browse`, body);
      records.push(...(json['hits'] as readonly StoredRecord[]));
      cursor = json['cursor'];
      if (cursor === undefined) return records;
    }
  }

  async check(): Promise<readonly Violation[]> {
    const violations = [...this.violations];
    let first: { readonly name: string; readonly contents: readonly string[] } | undefined;
    for (const member of this.#cluster.members) {
      const stored = await this.browse(member);
      violations.push(...this.ledger.check(member.name, stored));
      const contents = stored.map(contentOf).sort();
      first ??= { name: member.name, contents };
      const { name, contents: others } = first;
      const at = contents.findIndex((text, place) => text !== others[place]);
      if (contents.length === others.length && at === -1) continue;
      const text = `${member.name} has ${contents.length} records, ${name} ${others.length}; first ${contents[at]} and ${others[at]}`;
      violations.push({ kind: 'members-differ', text });
    }
    return violations;
  }

  /** Asks until it is answered well. */
  async insist(member: ClusterMember, line: string, body?: object): Promise<PlainAnswer> {
    const startMs = performance.now();
    for (;;) {
      const answer = await this.#ask(member, line, body);
      if (answer.outcome === 'ok') return answer;
      // A disk that was full has room again a moment before the member finds that out.
      if (answer.outcome === 'failed' && answer.status > 0 && answer.status !== 429)
        throw new Error(`${member.name}: ${line}: ${answer.status} ${answer.text}`);
      if (performance.now() - startMs > 120_000)
        throw new Error(`${member.name}: no answer to ${line}, last ${answer.status} ${answer.text}`);
      await pause(50);
    }
  }

  async untilPublished(member: ClusterMember, taskID: number): Promise<void> {
    for (;;) {
      const { json } = await this.insist(member, `GET /1/indexes/${this.#index}/task/${taskID}`);
      if (json['status'] === 'published') return;
      await pause(20);
    }
  }

  /** Each member takes a write, and shows those of the others. */
  async untilWhole(): Promise<void> {
    const { members } = this.#cluster;
    const tasks = await Promise.all(
      members.map(async (member) => {
        const { json } = await this.insist(member, `POST /1/indexes/${this.#index}/batch`, { requests: [] });
        return Number(json['taskID']);
      }),
    );
    for (const member of members) for (const task of tasks) await this.untilPublished(member, task);
  }

  #ask(member: ClusterMember, line: string, body?: object, timeoutMs = 20_000): Promise<PlainAnswer> {
    const { applicationId, adminKey: key } = this.#cluster;
    return askOnce({ url: member.url, line, applicationId, key, body, timeoutMs });
  }

  async #save(client: number, hosts: RunningCluster['hosts']): Promise<void> {
    const { applicationId, adminKey } = this.#cluster;
    const official: Algoliasearch = algoliasearch(applicationId, adminKey, { hosts, timeouts: TIMEOUTS });
    while (!this.#stopped) {
      const records = Array.from({ length: 1 + Math.floor(this.#random() * 4) }, () => {
        const number = ++this.#number;
        const objectID = `client-${client}-${number}`;
        return { objectID, text: `grown ${wordOf(number)}`, number, client };
      });
      let isAcknowledged = false;
      const sentMs = performance.now();
      const what = records.map(({ objectID }) => objectID).join();
      try {
        const { taskID } = await official.batch({
          indexName: this.#index,
          batchWriteParams: { requests: records.map((body) => ({ action: 'addObject', body })) },
        });
        isAcknowledged = true;
        this.#silences.note();
        this.#note(sentMs, 'official', what, 'ok', taskID);
        for (const record of records) this.ledger.wrote(record.objectID, record, 'ok');
        const { objectID, number } = records[0]!;
        this.#newest = { objectID, word: wordOf(number), taskID };
        if (this.#random() < 0.1) {
          await official.waitForTask({ indexName: this.#index, taskID });
          this.waitedCount++;
        }
      } catch {
        // One that was acknowledged stays so, whatever waiting for it met.
        if (!isAcknowledged) {
          this.#note(sentMs, 'official', what, 'unknown', undefined);
          for (const record of records) this.ledger.wrote(record.objectID, record, 'unknown');
        }
      }
      await pause(this.#random() * PAUSE_MS_MAX);
    }
  }

  async #write(member: ClusterMember): Promise<void> {
    const index = `/1/indexes/${this.#index}`;
    for (let number = 0; !this.#stopped; number++) {
      const choice = this.#random();
      const objectID = `own-${member.name}-${number % OWN_RECORD_COUNT}`;
      const sentMs = performance.now();
      let what = objectID;
      let answer: PlainAnswer;
      if (choice < 0.4) {
        const content = `content-${member.name}-${number}`;
        answer = await this.#ask(member, `POST ${index}`, { content, text: 'grown' });
        what = `${content} as ${String(answer.json['objectID'])}`;
        this.ledger.added(content, answer.outcome);
      } else if (choice < 0.6) {
        const record = { objectID, number, text: 'own' };
        answer = await this.#ask(member, `PUT ${index}/${objectID}`, record);
        this.ledger.wrote(objectID, record, answer.outcome);
      } else if (choice < 0.7) {
        answer = await this.#ask(member, `DELETE ${index}/${objectID}`);
        what = `${objectID} deleted`;
        this.ledger.wrote(objectID, undefined, answer.outcome);
      } else {
        const counter = `counter-${member.name}`;
        const body = { n: { _operation: 'Increment', value: 1 } };
        answer = await this.#ask(member, `POST ${index}/${counter}/partial`, body);
        this.ledger.counted(counter, answer.outcome);
        what = counter;
      }
      this.#note(sentMs, member.name, what, answer.outcome, answer.json['taskID']);
      if (answer.outcome === 'ok') this.#silences.note();
      if (answer.outcome === 'failed' && answer.status > 0 && answer.status !== 429 && answer.status !== 403)
        this.violations.push({ kind: 'strange', text: `${member.name}: ${answer.status} ${answer.text}` });
      await pause(answer.outcome === 'ok' ? this.#random() * PAUSE_MS_MAX : 100);
    }
  }

  #note(sentMs: number, at: string, what: string, outcome: Outcome, taskID: unknown): void {
    this.noted.push({ sentMs, answeredMs: performance.now(), at, what, outcome, taskID });
  }

  async #watch(member: ClusterMember): Promise<void> {
    const index = `/1/indexes/${this.#index}`;
    let last: Shown | undefined;
    while (!this.#stopped) {
      await pause(50);
      const newest = this.#newest;
      if (newest === undefined || newest === last) continue;
      last = newest;
      const { objectID, word, taskID } = newest;
      let isPublished = false;
      for (let tries = 0; tries < 50 && !isPublished && !this.#stopped; tries++) {
        const { status, json, text } = await this.#ask(
          member,
          `GET ${index}/task/${taskID}`,
          undefined,
          3_000,
        );
        isPublished = status === 200 && json['status'] === 'published';
        if (status >= 400 && status < 500)
          this.violations.push({
            kind: 'strange',
            text: `${member.name}: task ${taskID}: ${status} ${text}`,
          });
        if (!isPublished) await pause(40);
      }
      if (!isPublished) continue;
      const params = { query: word, typoTolerance: false, queryType: 'prefixNone', hitsPerPage: 5 };
      const found = await this.#ask(member, `POST ${index}/query`, params, 3_000);
      if (found.status !== 200) continue;
      this.watchedCount++;
      const hits = found.json['hits'] as readonly StoredRecord[];
      if (hits.some((hit) => hit.objectID === objectID)) continue;
      const text = `${member.name}: task ${taskID} is published, and ${objectID} is not found`;
      this.violations.push({ kind: 'not-visible', text });
    }
  }
}

/** One for each number, without digits and so far apart that none is found for another. */
function wordOf(number: number): string {
  return `w${String(number).replaceAll(/\d/g, (digit) => 'bcdfghjklm'[Number(digit)]!.repeat(2))}`;
}
