/** `skein alerts test`: whether those who are to be told can be told. */
import { type AlertTest, alertSource, testAlerts } from '@skein/server/alerts';
import { type Configuration, ConfigurationError, loadConfiguration } from '@skein/server/configuration';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { type Context, print } from '../context.ts';
import { table } from '../table.ts';

interface TestFlags {
  readonly alerts?: string;
  readonly config?: string;
  readonly json?: boolean;
}

export function addAlertsCommands(program: Command, context: Context): void {
  const alerts = program.command('alerts').description('who is told when something is not fine');
  alerts
    .command('test')
    .description('send a test notification to each target, and say what came back')
    .option('--alerts <list>', 'targets, instead of those that are configured (SKEIN_ALERTS)')
    .option('--config <path>', 'configuration file of the server (SKEIN_CONFIG; ./skein.config.json)')
    .option('--json', 'print JSON for programs instead of text for people')
    .addHelpText(
      'after',
      `
Run it on the machine of the server, in its environment: it reads the same settings, and sends from there. No server has to run. At PagerDuty
it opens an alert of severity "info" and resolves it at once.

Examples:
  skein alerts test
  skein alerts test --alerts slack:https://hooks.slack.com/services/…`,
    )
    .action((flags: TestFlags) => test(flags, context));
}

async function test(flags: TestFlags, context: Context): Promise<void> {
  const configuration = load(flags, context);
  const { alerts, secret } = configuration;
  if (alerts.length === 0)
    throw new CliError('nobody is to be told: name targets by SKEIN_ALERTS or --alerts.', { exit: 'usage' });
  const results = await testAlerts(alerts, alertSource(configuration, secret ?? ''), context.nowMs());
  print(context, flags, { targets: results }, words(results));
  if (results.some(({ ok }) => !ok)) throw new CliError('not every target has taken it.');
}

function load({ alerts, config }: TestFlags, context: Context): Configuration {
  const args = [
    ...(alerts === undefined ? [] : [`--alerts=${alerts}`]),
    ...(config === undefined ? [] : [`--config=${config}`]),
  ];
  try {
    return loadConfiguration({ args, env: context.env, cwd: context.cwd }).configuration;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new CliError(error.message, { exit: 'usage', cause: error });
  }
}

function words(results: readonly AlertTest[]): string {
  const rows = results.map(({ target, ok, answer }) => [target, ok ? 'taken' : 'NOT TAKEN', answer]);
  return table({ head: ['target', 'result', 'answer'], rows });
}
