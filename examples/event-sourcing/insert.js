// Worker 1: something happened, so an event is written. No document is ever written by two workers, so none of them waits for another.
const { randomInt } = require('node:crypto');
const { client, eventsLog, forever, patiently, pause, q, user, userCount } = require('./database');

/** An id of our own: an insert whose answer got lost can be sent again, and happens once. */
const newId = () => String((BigInt(randomInt(2 ** 31)) << 31n) | BigInt(randomInt(2 ** 31)));

/** Several events of one transaction have the same `ts`. */
const insert = (events) =>
  patiently(() =>
    client.query(
      q.Do(
        events.map(({ id, ...data }) => {
          const ref = q.Ref(eventsLog, id);
          return q.If(q.Exists(ref), null, q.Create(ref, { data: { ...data, user: user(data.user) } }));
        }),
      ),
    ),
  );

forever(async () => {
  const events = Array.from({ length: 1 + randomInt(4) }, () => ({
    id: newId(),
    user: 1 + randomInt(userCount),
    bytesUploaded: randomInt(1000),
  }));
  await insert(events);
  // Who listens knows what is safe: ids that were acknowledged.
  process.stdout.write(events.map(({ id }) => `${id}\n`).join(''));
  await pause(5);
});
