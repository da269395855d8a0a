/** Writes the pages of `docs/compat`: `npm run compat`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { compatPage } from './compat-page.ts';
import { fqlCompatPage } from './fql-compat-page.ts';

const folder = new URL('../docs/compat/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('algolia.md', folder), compatPage());
writeFileSync(new URL('fql.md', folder), fqlCompatPage());
