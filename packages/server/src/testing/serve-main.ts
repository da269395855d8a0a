/** A server as `skein serve` runs it, without the command line: configured by its environment. For tests. */
import { loadConfiguration } from '../configuration.ts';
import { serve } from '../serve.ts';

const { configuration } = loadConfiguration({
  args: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
});
process.exitCode = await serve(configuration);
