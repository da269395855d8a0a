const PAUSE_MS = 10_000;

/** Tells a text at most once in ten seconds, with how many others were left out: strangers on a network can cause any number. */
export function toldSeldom(tell: (message: string) => void): (message: string) => void {
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  let leftOut = 0;
  return (message) => {
    const nowMs = performance.now();
    if (nowMs < notBeforeMs) {
      leftOut++;
      return;
    }
    notBeforeMs = nowMs + PAUSE_MS;
    tell(leftOut === 0 ? message : `${message} (and ${leftOut} more like it since the last one)`);
    leftOut = 0;
  };
}
