export type {} from './values/value.ts';
