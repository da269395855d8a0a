// What all workers share: the connection, the names, and patience with a database that is away for a moment.
const faunadb = require('faunadb');

const q = faunadb.query;

const client = new faunadb.Client({
  secret: process.env.FAUNA_SECRET,
  endpoint: process.env.FAUNA_ENDPOINT ?? 'http://127.0.0.1:8443',
});

const userCount = 8;
const eventsLog = q.Collection('eventsLog');
const snapshots = q.Collection('snapshots');
const events = q.Match(q.Index('events_log_sort_by_ts'));

const user = (id) => q.Ref(q.Collection('User'), id);
/** A user's snapshot has the user's id; 0 is no user, and holds the time up to which all of them count. */
const snapshotOf = (id) => q.Ref(snapshots, id);
const PROGRESS = snapshotOf('0');

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let ending = false;

/** Asks again while the database restarts, unless the process is told to end. What is asked must not mind being done twice. */
async function patiently(ask) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      // The database said no: that will not change. 503 and broken connections will.
      const status = error.requestResult?.statusCode;
      if (ending || (status !== undefined && status !== 503 && status !== 409)) throw error;
      await pause(100);
    }
  }
}

/** Runs `step` again and again until the process is told to end. */
function forever(step) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (ending = true));
  const loop = async () => {
    while (!ending) await step();
    await client.close();
  };
  loop().catch((error) => {
    if (ending) process.exit(0);
    console.error(error);
    process.exit(1);
  });
}

module.exports = {
  q,
  client,
  userCount,
  eventsLog,
  snapshots,
  events,
  user,
  snapshotOf,
  PROGRESS,
  pause,
  patiently,
  forever,
};
