// Compares snapshots plus tail with a plain scan of all events, both of one moment. Ends with 1 when they differ.
const { client, eventsLog, events, patiently, PROGRESS, q, snapshots, userCount } = require('./database');

const all = { size: 100_000 };
const documents = (collection) =>
  q.Map(q.Paginate(q.Documents(collection), all), q.Lambda('ref', q.Get(q.Var('ref'))));

async function check() {
  // One expression is one transaction, and reads one moment.
  const found = await patiently(() =>
    client.query({
      upTo: q.Select(['data', 'ts'], q.Get(PROGRESS)),
      snapshots: documents(snapshots),
      tail: q.Paginate(events, {
        ...all,
        after: q.TimeAdd(q.Select(['data', 'ts'], q.Get(PROGRESS)), 1, 'microsecond'),
      }),
      log: documents(eventsLog),
    }),
  );
  const byWorkers = new Map();
  const byScan = new Map();
  const add = (sums, { id }, bytes) => sums.set(id, (sums.get(id) ?? 0) + bytes);
  for (const { data } of found.snapshots.data) if (data.user) add(byWorkers, data.user, data.bytesUploaded);
  for (const [, who, bytes] of found.tail.data) add(byWorkers, who, bytes);
  for (const { data } of found.log.data) add(byScan, data.user, data.bytesUploaded);
  let differences = 0;
  for (let id = 1; id <= userCount; id++) {
    const [workers, scan] = [byWorkers, byScan].map((sums) => sums.get(String(id)) ?? 0);
    if (workers !== scan) {
      differences++;
      console.log(`user ${id}: snapshot plus tail ${workers}, scan ${scan}`);
    }
  }
  console.log(
    JSON.stringify({
      events: found.log.data.length,
      inSnapshots: found.snapshots.data.reduce((sum, { data }) => sum + (data.eventCount ?? 0), 0),
      inTail: found.tail.data.length,
      differences,
      ids: process.argv.includes('--ids') ? found.log.data.map(({ ref }) => ref.id) : undefined,
    }),
  );
  process.exitCode = differences === 0 ? 0 : 1;
  await client.close();
}

check().catch((error) => {
  console.error(error);
  process.exitCode = 2;
});
