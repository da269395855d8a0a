/**
 * The interactive shell: lines until they make a whole expression, the expression to the server, its value on the screen.
 *
 * Ctrl-C drops what is being typed, or gives up waiting for an answer (a write may happen all the same). Ctrl-D ends. What is typed while a query
 * runs is run after it.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { styleText } from 'node:util';
import { messageOf } from '../cli-error.ts';
import type { Context } from '../context.ts';
import type { FqlClient } from './fql-client.ts';
import { addToHistory, HISTORY_ENTRIES_MAX, readHistory } from './history-file.ts';
import { QUERY_FUNCTIONS, signatureOf } from './query-functions.ts';
import { colorsOf, runText } from './run-text.ts';
import { Sandbox } from './sandbox.ts';

export interface ShellOptions {
  readonly context: Context;
  readonly client: FqlClient;
  readonly output: 'pretty' | 'json';
  readonly historyPath: string;
}

const PROMPT = 'fql> ';
const PROMPT_MORE = '...  ';

const HELP = `An expression is JavaScript with the driver's functions:
  Create(Collection('people'), { data: { name: 'Ada' } })
  Map(Paginate(Documents(Collection('people'))), (ref) => Get(ref))
const x = … keeps a value for later; 10n is a whole number, ToDouble(10) one with a point.

  .help [function]   this, or the arguments of a function
  .file <path>       run a file
  .exit              end; so does Ctrl-D

Tab completes names. Ctrl-C drops the line, or stops waiting for an answer.`;

/** Resolves when the user ends it. */
export async function runShell(options: ShellOptions): Promise<void> {
  await new Shell(options).run();
}

class Shell {
  readonly #options: ShellOptions;
  readonly #sandbox = new Sandbox();
  readonly #lines: Interface;
  readonly #waiting: string[] = [];
  readonly #typed: string[] = [];
  #buffer: string[] = [];
  #query: AbortController | undefined;
  #isEnding = false;
  #ended: () => void = () => {};

  constructor(options: ShellOptions) {
    this.#options = options;
    const { stdin, stdout } = options.context;
    this.#lines = createInterface({
      input: stdin,
      output: stdout,
      terminal: stdout.isTTY === true,
      history: readHistory(options.historyPath),
      historySize: HISTORY_ENTRIES_MAX,
      removeHistoryDuplicates: true,
      completer: (line: string) => completions(line),
      prompt: PROMPT,
    });
  }

  async run(): Promise<void> {
    const { context, client } = this.#options;
    context.stdout.write(`Connected to ${client.connection.url}. .help tells more, Ctrl-D ends.\n`);
    this.#lines.on('line', (line) => {
      this.#waiting.push(line);
      if (this.#query === undefined) void this.#work();
    });
    this.#lines.on('SIGINT', () => this.#cancel());
    this.#lines.on('close', () => {
      this.#isEnding = true;
      this.#query?.abort();
      if (this.#query === undefined) this.#ended();
    });
    this.#prompt();
    await new Promise<void>((resolveEnd) => {
      this.#ended = resolveEnd;
    });
    addToHistory(this.#options.historyPath, this.#typed);
    context.stdout.write('\n');
  }

  #prompt(): void {
    this.#lines.setPrompt(this.#buffer.length === 0 ? this.#painted(PROMPT) : PROMPT_MORE);
    this.#lines.prompt();
  }

  #painted(prompt: string): string {
    return colorsOf(this.#options.context.stdout)
      ? styleText('bold', prompt, { validateStream: false })
      : prompt;
  }

  #cancel(): void {
    if (this.#query !== undefined) {
      this.#query.abort();
      return;
    }
    this.#buffer = [];
    this.#options.context.stdout.write('^C\n');
    // Empties the line that is being typed.
    this.#lines.write(null, { ctrl: true, name: 'e' });
    this.#lines.write(null, { ctrl: true, name: 'u' });
    this.#prompt();
  }

  /** Lines one after the other: each query before the next. */
  async #work(): Promise<void> {
    for (let line = this.#waiting.shift(); line !== undefined; line = this.#waiting.shift()) {
      this.#query = new AbortController();
      try {
        await this.#take(line, this.#query.signal);
      } catch (error) {
        // No server, say: that may change, and the shell stays.
        this.#options.context.stderr.write(`${messageOf(error)}\n`);
        if (this.#query.signal.aborted) this.#waiting.length = 0;
      } finally {
        this.#query = undefined;
      }
    }
    if (this.#isEnding) this.#ended();
    else this.#prompt();
  }

  async #take(line: string, signal: AbortSignal): Promise<void> {
    if (this.#buffer.length === 0) {
      if (line.trim() === '') return;
      const command = /^\s*\.([a-z]+)\s*(.*?)\s*$/.exec(line);
      if (command !== null) {
        this.#typed.push(line.trim());
        await this.#command(command[1] ?? '', command[2] ?? '', signal);
        return;
      }
    }
    this.#buffer.push(line);
    const text = this.#buffer.join('\n');
    // An empty line ends what would go on for ever.
    if (line.trim() !== '' && this.#sandbox.read(text).kind === 'incomplete') return;
    this.#buffer = [];
    this.#typed.push(oneLine(text));
    await this.#run(text, signal, undefined);
  }

  async #run(text: string, signal: AbortSignal, name: string | undefined): Promise<void> {
    const { client, output, context } = this.#options;
    const { stdout, stderr } = context;
    await runText(text, { client, sandbox: this.#sandbox, output, stdout, stderr, signal, name });
  }

  async #command(name: string, parameter: string, signal: AbortSignal): Promise<void> {
    const { context } = this.#options;
    switch (name) {
      case 'help':
        context.stdout.write(`${helpText(parameter)}\n`);
        return;
      case 'exit':
        this.#waiting.length = 0;
        this.#lines.close();
        return;
      case 'file':
        if (parameter === '') context.stderr.write('.file needs a path.\n');
        else await this.#run(readFileSync(resolve(context.cwd, parameter), 'utf8'), signal, parameter);
        return;
      default:
        context.stderr.write(`.${name} is no command; there are .help, .file and .exit.\n`);
    }
  }
}

function helpText(name: string): string {
  if (name === '') return HELP;
  const wanted = name.toLowerCase();
  const found = [...QUERY_FUNCTIONS.keys()].filter((each) => each.toLowerCase().startsWith(wanted));
  if (found.length === 0) return `There is no function ${name}.`;
  return found.map((each) => signatureOf(each) ?? each).join('\n');
}

/** What may stand where the cursor is, and what of it is there already. */
function completions(line: string): [string[], string] {
  if (/^\s*\.[a-z]*$/.test(line)) {
    const begun = line.trim();
    return [['.exit', '.file', '.help'].filter((each) => each.startsWith(begun)), begun];
  }
  const begun = /[A-Za-z]*$/.exec(line)?.[0] ?? '';
  // Inside of a name that goes on in front there is nothing to complete.
  if (begun === '' || /[\w$.]$/.test(line.slice(0, -begun.length))) return [[], begun];
  const names = [...QUERY_FUNCTIONS.keys()];
  const exact = names.filter((each) => each.startsWith(begun));
  return [
    exact.length > 0 ? exact : names.filter((each) => each.toLowerCase().startsWith(begun.toLowerCase())),
    begun,
  ];
}

/** For the history, which has an entry a line; a comment to the end of a line would swallow what follows. */
function oneLine(text: string): string {
  return text.includes('//') || text.includes('`')
    ? (text.split('\n')[0] ?? '')
    : text.replaceAll(/\s*\n\s*/g, ' ').trim();
}
