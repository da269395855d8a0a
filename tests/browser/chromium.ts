import { existsSync } from 'node:fs';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Nothing but the page under test may use the network. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The system's Chromium. Undefined where there is none, so that the tests are skipped; in CI a missing browser is an error that
 * says what to install.
 */
export function findChromium(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const found = places.find((path) => existsSync(path));
  if (found === undefined && env['CI'] === 'true') {
    throw new Error('the browser test needs Chromium, which is not installed: run tools/system-packages');
  }
  return found;
}
