/** The FQL port over this machine's member. */
import { CorruptionError } from '@skein/base';
import {
  type Authentication,
  authenticate,
  authenticateRoot,
  type DocumentReader,
  isJwt,
  type RootSecret,
} from '@skein/fql';
import { BehindError, BuilderError, type Member, nodeHost } from '@skein/member';
import {
  type FqlCaller,
  type FqlPort,
  type FqlQueryOptions,
  type FqlResult,
  FqlUnavailableError,
} from './fql-port.ts';
import { StreamFollower } from './stream-follower.ts';

export interface MemberFqlPortOptions {
  readonly member: Member;
  /** Whose documents the port serves. */
  readonly application: string;
  readonly rootSecret: RootSecret;
  readonly strictTemporal: boolean;
  readonly nowMs: () => number;
  /** Whom an access provider's token stands for; undefined: nobody. */
  readonly verifyJwt: (token: string) => Promise<Authentication | undefined>;
}

/** How long a secret that is not known here may take to arrive from the member that made it. */
const SECRET_WAIT_MS_MAX = 5_000;

class Caller implements FqlCaller {
  readonly authentication: Authentication;

  constructor(authentication: Authentication) {
    this.authentication = authentication;
  }
}

export function memberFqlPort(options: MemberFqlPortOptions): FqlPort {
  const { member, application, strictTemporal, rootSecret, nowMs } = options;
  const { documents } = member;
  const follower = new StreamFollower({ documents, application, strictTemporal, nowMs });
  let lastTime = 0;
  const seen = (time: number): void => {
    if (time > lastTime) lastTime = time;
  };

  const transact = async (
    caller: FqlCaller,
    body: Uint8Array,
    { lastSeenTime, timeoutMs, access, linearized }: FqlQueryOptions,
  ): Promise<FqlResult> => {
    const result = await documents.transact(application, {
      body,
      authentication: authenticationOf(caller),
      strictTemporal,
      lastSeenTime,
      timeoutMs,
      access,
      linearized,
    });
    seen(result.time);
    return result;
  };

  return {
    lastTime: () => lastTime,
    authenticate: async (secret, { lastSeenTime, timeoutMs }) => {
      refuseWhileJoining(member);
      if (isJwt(secret)) {
        const authentication = await options.verifyJwt(secret);
        return authentication === undefined ? undefined : new Caller(authentication);
      }
      const root = authenticateRoot(secret, nodeHost, rootSecret);
      if (root !== undefined) return new Caller(root);
      const look = (reader: DocumentReader): { found: Authentication | undefined; time: number } => {
        seen(reader.lastTime);
        const found = authenticate(reader, secret, nodeHost, rootSecret, nowMs() * 1000);
        return { found, time: reader.lastTime };
      };
      const { found, time } = await explained(() => documents.read(application, look));
      if (lastSeenTime === undefined || lastSeenTime <= time)
        return found === undefined ? undefined : new Caller(found);
      // Its client may have seen that the key was made, or that it was deleted. Strangers are not waited for for long.
      const waitMs = found === undefined ? Math.min(timeoutMs, SECRET_WAIT_MS_MAX) : timeoutMs;
      const since = { lastSeenTime, timeoutMs: waitMs };
      const later = await explained(() => documents.readSince(application, since, look));
      return later.found === undefined ? undefined : new Caller(later.found);
    },
    query: (caller, body, given) => explained(() => transact(caller, body, given)),
    stream: (caller, body, given) =>
      explained(async () => {
        const opened = await follower.open(authenticationOf(caller), body, given);
        if (opened.kind === 'refused') return opened;
        seen(opened.time);
        return { kind: 'open', stream: opened };
      }),
    ping: async (scope, timeoutMs) => {
      if (scope === 'node') return true;
      if (scope !== 'read') {
        const waiting = new Promise<boolean>((resolve) => {
          setTimeout(() => resolve(false), timeoutMs).unref();
        });
        const present = await Promise.race([member.whenBuilderPresent().then(() => true), waiting]);
        if (!present) return false;
      }
      return documents.read(application, () => true);
    },
  };
}

/** What this machine has is older than what the others still keep: it would answer with what was true long ago. */
function refuseWhileJoining({ progress }: Member): void {
  if (progress.state === 'joining') throw new FqlUnavailableError('unavailable', JOINING);
}

const JOINING = 'this member is taking the state of another one; ask another member';

function authenticationOf(caller: FqlCaller): Authentication {
  if (!(caller instanceof Caller)) throw new TypeError('a caller of another port');
  return caller.authentication;
}

/** The log has the rest. */
const DAMAGED = 'the documents of this application are damaged; the server log tells more';

/** What the member cannot do, in the words of the port. */
async function explained<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof BehindError)
      throw new FqlUnavailableError('timeout', error.message, { cause: error });
    if (error instanceof CorruptionError)
      throw new FqlUnavailableError('unavailable', DAMAGED, { cause: error });
    if (!(error instanceof BuilderError)) throw error;
    const reason =
      error.code === 'too-many-jobs'
        ? 'busy'
        : error.outcome === 'unknown'
          ? 'outcome-unknown'
          : 'unavailable';
    throw new FqlUnavailableError(reason, error.message, { cause: error });
  }
}
