/** Doubles and plain implementations that tests build on; nothing here runs in a server. */
export { allForms } from '../forms/table.ts';
export { ALL_CASES } from './cases/all-cases.ts';
export type { FunctionCase, FunctionCases } from './cases/function-cases.ts';
export { expectedBody, redacted } from './cases/run-cases.ts';
export { MemoryStore } from './memory-store.ts';
export {
  type Answer,
  type Json,
  newDatabase,
  type QueryOptions,
  ROOT,
  TEST_START_MICROS,
  type TestDatabase,
  testHost,
} from './run-fql.ts';
