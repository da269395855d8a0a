/** A builder alone, for tests that kill it: configuration in the environment, small bounds so that everything happens often. */
import { runBuilder } from '@skein/member';

await runBuilder({
  dataFolder: process.env['TEST_DATA'] ?? '',
  socketPath: process.env['TEST_SOCKET'] ?? '',
  secret: process.env['TEST_SECRET'] ?? '',
  publishIntervalMs: 20,
  journalFileBytesMax: 50_000,
  checkpointIntervalMs: 50,
  log: (level, message) => {
    if (level !== 'info') console.error(message);
  },
});
