/** Progress of a long command: a bar at a terminal, a line every few seconds elsewhere, nothing when quiet. */
import { Presets, SingleBar } from 'cli-progress';

export interface ProgressState {
  readonly records: number;
  readonly rejected: number;
  /** 0 to 1, or undefined when the end is not known. */
  readonly share: number | undefined;
}

export interface Progress {
  update(state: ProgressState): void;
  stop(): void;
}

const lineIntervalMs = 5_000;

export function startProgress(options: {
  readonly stream: NodeJS.WriteStream;
  readonly isQuiet: boolean;
  readonly nowMs: () => number;
  /** What is counted. */
  readonly noun?: string;
}): Progress {
  const { stream, isQuiet, nowMs, noun = 'records' } = options;
  if (isQuiet) return { update: () => {}, stop: () => {} };
  const startMs = nowMs();
  const describe = ({ records, rejected, share }: ProgressState): Record<string, string> => {
    const seconds = Math.max(0.001, (nowMs() - startMs) / 1000);
    const left = share === undefined || share <= 0 ? undefined : (seconds / share) * (1 - share);
    return {
      records: records.toLocaleString('en'),
      rate: Math.round(records / seconds).toLocaleString('en'),
      left: left === undefined ? '' : `, ${duration(left)} left`,
      rejected: rejected === 0 ? '' : `, ${rejected.toLocaleString('en')} rejected`,
    };
  };
  if (!stream.isTTY) return lineProgress(stream, nowMs, describe, noun);
  const bar = new SingleBar(
    { stream, format: `{bar} {percentage}% · {records} ${noun}, {rate}/s{left}{rejected}`, hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(1, 0, describe({ records: 0, rejected: 0, share: undefined }));
  let lastShare = 0;
  return {
    update: (state) => {
      lastShare = state.share ?? lastShare;
      bar.update(lastShare, describe(state));
    },
    stop: () => bar.stop(),
  };
}

function lineProgress(
  stream: NodeJS.WriteStream,
  nowMs: () => number,
  describe: (state: ProgressState) => Record<string, string>,
  noun: string,
): Progress {
  let lastMs = nowMs();
  return {
    update: (state) => {
      if (nowMs() - lastMs < lineIntervalMs) return;
      lastMs = nowMs();
      const { records, rate, left, rejected } = describe(state);
      const share = state.share === undefined ? '' : `${Math.floor(state.share * 100)} %, `;
      stream.write(`${share}${records} ${noun}, ${rate}/s${left}${rejected}\n`);
    },
    stop: () => {},
  };
}

/** `75` → `1 min 15 s`; `0.42` → `0.4 s`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
