/** Of a process that has to be there: a signal to -1 would reach all processes of the machine. */
export function known(pid: number | undefined): number {
  if (pid === undefined || pid <= 1) throw new Error(`no process to send a signal to: ${pid}`);
  return pid;
}
