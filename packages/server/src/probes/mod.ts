export { type AlertTest, testAlerts } from './alerts-test.ts';
export { alertSource } from './probe-sources.ts';
