/** A member without indexes or documents, whose cluster is what a test says. */
import { asSequence, type JsonObject } from '@skein/base';
import type { MembersChange, Progress } from '@skein/member';
import { ADMIN_KEY_FIELDS, ApiError } from '@skein/wire';
import { definitionOf } from '../routes/key-handlers.ts';
import type { MemberPort } from '../routes/member-port.ts';

export const STAND_IN_ADMIN_KEY = 'admin-key-of-the-test';
export const STAND_IN_SEARCH_KEY = 'search-key-of-the-test';

const unused = (): never => {
  throw new Error('not part of this test');
};

export class StandInMember implements MemberPort {
  progress: Progress = { published: 0, state: 'local', quorum: true, lagMs: 0, format: 1 };
  builderConnected = true;
  described: JsonObject | undefined;
  describedCount = 0;
  readonly changes: MembersChange[] = [];
  refusal: ApiError | undefined;
  readonly whenAtHand = unused;
  readonly index = unused;
  readonly propose = unused;
  readonly transact = unused;
  readonly verifyAggregation = unused;
  readonly isPublished = unused;
  readonly listIndexes = unused;
  readonly searchables = unused;
  readonly whenPublished = unused;

  application(id: string): ReturnType<MemberPort['application']> {
    if (id !== 'APP') return undefined;
    const key = (value: string, definition: JsonObject) =>
      [value, { value, sealed: '', definition, createdAtMs: 0 }] as const;
    return {
      id,
      createdAtMs: 0,
      appliedSequence: asSequence(0),
      keys: new Map([
        key(STAND_IN_ADMIN_KEY, definitionOf(ADMIN_KEY_FIELDS)),
        key(STAND_IN_SEARCH_KEY, { acl: ['search'] }),
      ]),
      deletedKeys: new Map(),
    };
  }

  async cluster(): Promise<JsonObject | undefined> {
    this.describedCount++;
    if (!this.builderConnected) throw new ApiError('write-unavailable');
    return this.described;
  }

  async changeMembers(change: MembersChange): Promise<void> {
    if (this.refusal !== undefined) throw this.refusal;
    this.changes.push(change);
  }
}
