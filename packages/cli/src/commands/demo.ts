/** `skein demo`: the demo indexes, loaded by hand or, in a process of its own, by `skein serve` at its first start. */
import type { Command } from 'commander';
import { resolveConnection } from '../connection.ts';
import { type CommonFlags, type Context, withConnection } from '../context.ts';
import { loadDemo } from '../demo/load-demo.ts';

export function addDemoCommand(program: Command, context: Context): void {
  withConnection(program.command('demo'))
    .description('load the demo indexes, movies and cities, where they are empty')
    .addHelpText('after', '\nExample:\n  skein demo')
    .action((flags: CommonFlags) =>
      loadDemo({
        connection: resolveConnection(flags, context.env),
        say: (line) =>
          context.stdout.write(flags.json === true ? `${JSON.stringify({ line })}\n` : `${line}\n`),
        signal: context.interrupted,
      }),
    );
}
