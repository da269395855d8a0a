/** Sends a test notification to each target, and tells what came back. */
import { type AlertSource, testBodies } from './alert-body.ts';
import type { AlertTarget } from './alert-target.ts';
import { postJson } from './post-json.ts';

export interface AlertTest {
  readonly target: string;
  readonly ok: boolean;
  /** In words, with the beginning of what the receiver said. */
  readonly answer: string;
}

const ANSWER_LENGTH_MAX = 200;

/** In the order of the targets. Never rejects. */
export function testAlerts(
  targets: readonly AlertTarget[],
  source: AlertSource,
  nowMs: number,
): Promise<readonly AlertTest[]> {
  return Promise.all(targets.map((target) => testTarget(target, source, nowMs)));
}

async function testTarget(target: AlertTarget, source: AlertSource, nowMs: number): Promise<AlertTest> {
  let answer = '';
  for (const body of testBodies(target, source, nowMs)) {
    const outcome = await postJson({ url: target.url, body });
    if (outcome.kind === 'failed') return { target: target.label, ok: false, answer: outcome.reason };
    const said = outcome.text.replaceAll(/\s+/g, ' ').trim().slice(0, ANSWER_LENGTH_MAX);
    answer = `status ${outcome.status}${said === '' ? '' : `: ${said}`}`;
    if (outcome.kind === 'refused') return { target: target.label, ok: false, answer };
  }
  return { target: target.label, ok: true, answer };
}
