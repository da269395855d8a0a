export { DEMO_INDEXES, type DemoIndex, type LoadDemoOptions, loadDemo } from './demo/load-demo.ts';
export { type Connection } from './http-client.ts';
