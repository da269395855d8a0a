/** `skein serve` and `skein reload`. The flags of `serve` are the server's own table of settings. */
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  CONFIGURATION_FILE,
  ConfigurationError,
  loadConfiguration,
  SETTINGS,
} from '@skein/server/configuration';
import { type DataOwner, ownerOf } from '@skein/server/data-lock';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { type Context, print } from '../context.ts';

export function addServeCommands(program: Command, context: Context): void {
  program
    .command('serve')
    .description('run a server; `skein serve --help` lists its settings')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .usage('[flags]')
    .argument('[flags...]')
    .action((flags: string[]) => serve(flags, context));
  program
    .command('reload')
    .description('replace the query processes of the server on this machine, without losing a request')
    .option('--data <folder>', 'its data folder (SKEIN_DATA; ./skein-data)')
    .option('--json', 'print JSON for programs instead of text for people')
    .addHelpText('after', '\nExample:\n  skein reload --data /var/lib/skein')
    .action((flags: { readonly data?: string; readonly json?: boolean }) => reload(flags, context));
}

async function serve(flags: readonly string[], context: Context): Promise<void> {
  if (flags.some((flag) => flag === '--help' || flag === '-h')) {
    context.stdout.write(serveHelp());
    return;
  }
  let loaded: ReturnType<typeof loadConfiguration>;
  try {
    loaded = loadConfiguration({ args: flags, env: context.env, cwd: context.cwd });
  } catch (error) {
    if (error instanceof ConfigurationError)
      throw new CliError(error.message, { exit: 'usage', cause: error });
    throw error;
  }
  for (const warning of loaded.warnings) context.stderr.write(`skein: ${warning}\n`);
  // Loaded only here: the server's packages are of no use to the other commands, and take a while.
  const { serve: run } = await import('@skein/server');
  const demoCommand = [fileURLToPath(new URL('../main.ts', import.meta.url)), 'demo'];
  context.setExitCode(await run(loaded.configuration, { demoCommand }));
}

/** One paragraph per setting, as wide as a terminal is narrow. */
export function serveHelp(): string {
  const flags = SETTINGS.map((setting) => ({
    setting,
    name: setting.kind === 'switch' ? `--[no-]${setting.flag}` : `--${setting.flag} <${setting.kind}>`,
  }));
  const column = Math.max(...flags.map(({ name }) => name.length)) + 4;
  const lines = flags.map(({ setting, name }) => {
    const first = `  ${name}`.padEnd(column) + setting.help;
    return `${first}\n${' '.repeat(column)}${setting.env}, default: ${setting.defaultText}`;
  });
  return `Usage: skein serve [flags]

Runs a server. A setting comes from its flag, else its environment variable, else the configuration file, else its default.

Settings:
${lines.join('\n')}
  ${'--config <path>'.padEnd(column - 2)}JSON file of settings, named as the flags in camelCase (recordBytesMax)
${' '.repeat(column)}SKEIN_CONFIG, default: ./${CONFIGURATION_FILE}

Signals: Ctrl-C or SIGTERM finishes the requests that run, then stops; a second Ctrl-C stops at once.

Examples:
  skein serve
  skein serve --port 7800 --data /var/lib/skein --no-demo
  SKEIN_APPLICATION_ID=shop SKEIN_ADMIN_KEY=… skein serve --host 0.0.0.0
`;
}

async function reload(
  flags: { readonly data?: string; readonly json?: boolean },
  context: Context,
): Promise<void> {
  const data = resolve(context.cwd, flags.data ?? (context.env['SKEIN_DATA'] || 'skein-data'));
  const owner = ownerOf(data);
  if (owner === undefined) {
    throw new CliError(`no server runs on ${data}; name its data folder by --data or SKEIN_DATA.`, {
      exit: 'unreachable',
    });
  }
  process.kill(owner.pid, 'SIGHUP');
  await untilReloaded(data, owner);
  print(
    context,
    flags,
    { pid: owner.pid, reloaded: true },
    `Every process of server ${owner.pid} was replaced.`,
  );
}

const reloadMsMax = 120_000;
const lookMs = 100;

/** The builder is replaced last, so a new one means that all are new. */
async function untilReloaded(data: string, before: DataOwner): Promise<void> {
  for (let waitedMs = 0; waitedMs < reloadMsMax; waitedMs += lookMs) {
    await pause(lookMs);
    const now = ownerOf(data);
    if (now?.pid !== before.pid)
      throw new CliError(`the server (process ${before.pid}) has ended; its log says why.`);
    if (now.builder !== undefined && now.builder.pid !== before.builder?.pid) return;
  }
  throw new CliError(
    `the server (process ${before.pid}) was told to reload, and has not finished after ${reloadMsMax / 1000} s; its log says what it waits for.`,
  );
}
