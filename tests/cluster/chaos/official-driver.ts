/** The driver as `require` gives it: Node finds no names in it by itself, and here no test runner helps. */
import { createRequire } from 'node:module';

const driver = createRequire(import.meta.url)('faunadb') as typeof import('faunadb');

export const { Client, query: q } = driver;
