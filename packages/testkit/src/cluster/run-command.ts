import { execFile } from 'node:child_process';

/** Its standard output. Rejects with what it said when it fails. */
export function runCommand(command: readonly string[], input = ''): Promise<string> {
  const [program = '', ...words] = command;
  return new Promise((resolve, reject) => {
    const child = execFile(program, words, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${command.join(' ')}: ${stderr.trim() || error.message}`, { cause: error }));
    });
    // It may end without having read anything.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
