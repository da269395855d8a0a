// Makes what the workers need. May run again: what is there stays.
const { client, eventsLog, PROGRESS, q, user, userCount } = require('./database');

const {
  Collection,
  Create,
  CreateCollection,
  CreateFunction,
  CreateIndex,
  Exists,
  Function,
  If,
  Index,
  Lambda,
  Match,
  Paginate,
  Query,
  TimeAdd,
  Var,
} = q;

const unless = (thing, create) => client.query(If(Exists(thing), null, create));

async function setUp() {
  for (const name of ['eventsLog', 'snapshots', 'User']) {
    await unless(Collection(name), CreateCollection({ name }));
  }
  await unless(
    Index('events_log_sort_by_ts'),
    CreateIndex({
      name: 'events_log_sort_by_ts',
      source: eventsLog,
      values: [{ field: ['ts'] }, { field: ['data', 'user'] }, { field: ['data', 'bytesUploaded'] }],
    }),
  );
  await unless(
    Function('findLatestEvents'),
    CreateFunction({
      name: 'findLatestEvents',
      body: Query(
        Lambda(
          'ts',
          Paginate(Match(Index('events_log_sort_by_ts')), { after: TimeAdd(Var('ts'), 1, 'microsecond') }),
        ),
      ),
    }),
  );
  await unless(PROGRESS, Create(PROGRESS, { data: { ts: 0 } }));
  for (let id = 1; id <= userCount; id++) {
    await unless(user(id), Create(user(id), { data: { name: `User ${id}` } }));
  }
  await client.close();
}

setUp().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
