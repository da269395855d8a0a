/** Writes `docs/compat/algolia.md`: `npm run compat`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { compatPage } from './compat-page.ts';

const folder = new URL('../docs/compat/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('algolia.md', folder), compatPage());
