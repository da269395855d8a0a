// Worker 2: on a timer, adds the events since the last run to the snapshots.
//
// Right under crashes, and when two of these run at once: the sums and the time up to which they count change in one transaction, and only
// if that time is still the one from which this run started.
const { client, events, forever, patiently, pause, PROGRESS, q, snapshotOf, user } = require('./database');

const everyMs = Number(process.env.EVERY_MS ?? 1000);
const pageSize = 500;
/** Events of one run, roughly: a long backlog is worked off in several transactions. */
const eventCountMax = 5000;

async function aggregate() {
  const upTo = await client.query(q.Select(['data', 'ts'], q.Get(PROGRESS)));
  const { sums, ts } = await sumsAfter(upTo);
  if (ts === upTo) return;
  const isProgress = q.Equals(q.Select(['data', 'ts'], q.Get(PROGRESS)), upTo);
  const writes = Array.from(sums, ([id, sum]) => addTo(id, sum));
  await client.query(
    q.If(isProgress, q.Do(...writes, q.Update(PROGRESS, { data: { ts } })), 'another worker was here first'),
  );
}

/** Walks through the index by the `after` cursors. */
async function sumsAfter(upTo) {
  const sums = new Map();
  let ts = upTo;
  let eventCount = 0;
  // The events of the latest transaction: it may go on on the next page, and half of it must not count.
  let open = [];
  const close = () => {
    for (const [at, who, bytes] of open) {
      const sum = sums.get(who.id) ?? { bytesUploaded: 0, eventCount: 0 };
      sums.set(who.id, { bytesUploaded: sum.bytesUploaded + bytes, eventCount: sum.eventCount + 1 });
      ts = at;
    }
    open = [];
  };
  let page = await client.query(q.Call('findLatestEvents', upTo));
  for (;;) {
    for (const event of page.data) {
      if (open.length > 0 && open[0][0] !== event[0]) close();
      open.push(event);
      eventCount++;
    }
    // On the last page all transactions are whole.
    if (page.after === undefined) close();
    if (page.after === undefined || (eventCount >= eventCountMax && ts > upTo)) return { sums, ts };
    page = await client.query(q.Paginate(events, { after: page.after, size: pageSize }));
  }
}

function addTo(id, { bytesUploaded, eventCount }) {
  const snapshot = snapshotOf(id);
  const before = (field) => q.Select(['data', field], q.Get(snapshot));
  return q.If(
    q.Exists(snapshot),
    q.Update(snapshot, {
      data: {
        bytesUploaded: q.Add(before('bytesUploaded'), bytesUploaded),
        eventCount: q.Add(before('eventCount'), eventCount),
      },
    }),
    q.Create(snapshot, { data: { user: user(id), bytesUploaded, eventCount } }),
  );
}

forever(async () => {
  await patiently(aggregate);
  await pause(everyMs);
});
