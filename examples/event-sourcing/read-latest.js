// Worker 3: what a user has uploaded by now: the snapshot, and the events since.
const {
  client,
  events,
  forever,
  patiently,
  pause,
  PROGRESS,
  q,
  snapshotOf,
  userCount,
} = require('./database');

async function latest(id) {
  // One transaction: the tail begins where this very snapshot ends.
  let { snapshot, tail } = await client.query(
    q.Let(
      {
        upTo: q.Select(['data', 'ts'], q.Get(PROGRESS)),
        snapshot: q.If(
          q.Exists(snapshotOf(id)),
          q.Select(['data', 'bytesUploaded'], q.Get(snapshotOf(id))),
          0,
        ),
      },
      { snapshot: q.Var('snapshot'), tail: q.Call('findLatestEvents', q.Var('upTo')) },
    ),
  );
  let bytesUploaded = snapshot;
  for (;;) {
    for (const [, who, bytes] of tail.data) if (who.id === String(id)) bytesUploaded += bytes;
    if (tail.after === undefined) return bytesUploaded;
    tail = await client.query(q.Paginate(events, { after: tail.after, size: 500 }));
  }
}

forever(async () => {
  const id = 1 + Math.floor(Math.random() * userCount);
  const bytesUploaded = await patiently(() => latest(id));
  process.stdout.write(`user ${id}: ${bytesUploaded} bytes\n`);
  await pause(20);
});
