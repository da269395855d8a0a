/** `skein search`: one query, as a table or as the server's own JSON. */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import type { Command } from 'commander';
import { type CommonFlags, type Context, withClient, withConnection } from '../context.ts';
import { indexPath } from '../http-client.ts';
import { numberField, objectsField } from '../json-fields.ts';
import { assignment, list, wholeNumber } from '../options.ts';
import { table } from '../table.ts';

interface SearchFlags extends CommonFlags {
  readonly filters?: string;
  readonly facets?: readonly string[];
  readonly attributes?: readonly string[];
  readonly page?: number;
  readonly hits?: number;
  readonly param?: Readonly<Record<string, Json>>;
}

const hitsShown = 10;
const columnsShownMax = 6;
const facetValuesShown = 5;

export function addSearchCommand(program: Command, context: Context): void {
  withConnection(program.command('search <index> [query...]'))
    .description('search an index')
    .option('--filters <filters>', 'only records that match, for example "year > 1990 AND genre:Drama"')
    .option('--facets <names>', 'count the values of these attributes', list)
    .option('--attributes <names>', 'show these attributes', list)
    .option('--hits <count>', 'how many records to show', wholeNumber(0, 1_000), hitsShown)
    .option('--page <number>', 'which page, from 0', wholeNumber(0, 1_000_000), 0)
    .option('--param <name=value>', 'any other search parameter; may be given again', assignment)
    .addHelpText(
      'after',
      `
Examples:
  skein search movies star wars
  skein search cities "san fr" --filters "population > 100000" --facets country
  skein search movies --param typoTolerance=false --param 'ranking=["desc(year)"]' --json`,
    )
    .action((index: string, words: string[], flags: SearchFlags) =>
      withClient(context, flags, async (client) => {
        const answer = await client.send('POST', indexPath(index, 'query'), {
          query: words.join(' '),
          hitsPerPage: flags.hits ?? hitsShown,
          page: flags.page ?? 0,
          ...(flags.filters === undefined ? {} : { filters: flags.filters }),
          ...(flags.facets === undefined ? {} : { facets: flags.facets }),
          ...(flags.attributes === undefined ? {} : { attributesToRetrieve: flags.attributes }),
          ...(flags.json === true ? {} : { attributesToHighlight: [] }),
          ...flags.param,
        });
        if (flags.json === true) context.stdout.write(`${JSON.stringify(answer)}\n`);
        else context.stdout.write(`${describe(answer, flags.attributes, context.stdout.columns)}\n`);
      }),
    );
}

function describe(
  answer: JsonObject,
  attributes: readonly string[] | undefined,
  columnsMax: number | undefined,
): string {
  const hits = objectsField(answer, 'hits');
  const parts: string[] = [];
  if (hits.length > 0) {
    const head = attributes ?? columnsOf(hits);
    parts.push(table({ head, rows: hits.map((hit) => head.map((name) => cell(hit[name]))), columnsMax }));
  }
  const pages = numberField(answer, 'nbPages');
  const page = pages > 1 ? `, page ${numberField(answer, 'page')} of 0–${pages - 1}` : '';
  parts.push(
    `${numberField(answer, 'nbHits').toLocaleString('en')} records in ${numberField(answer, 'processingTimeMS')} ms${page}`,
  );
  if (typeof answer['message'] === 'string') parts.push(answer['message']);
  if (isJsonObject(answer['facets'])) {
    for (const [name, counts] of Object.entries(answer['facets'])) {
      const values = Object.entries(isJsonObject(counts) ? counts : {});
      const shown = values
        .slice(0, facetValuesShown)
        .map(([value, count]) => `${value} ${Number(count).toLocaleString('en')}`);
      parts.push(`${name}: ${shown.join(' · ')}${values.length > facetValuesShown ? ' · …' : ''}`);
    }
  }
  return parts.join('\n');
}

/** objectID, then the attributes that most hits have and that fit a cell. */
function columnsOf(hits: readonly JsonObject[]): string[] {
  const counts = new Map<string, number>();
  for (const hit of hits) {
    for (const [name, value] of Object.entries(hit)) {
      if (name === 'objectID' || name.startsWith('_')) continue;
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) continue;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const byCount = [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
  return ['objectID', ...byCount.slice(0, columnsShownMax - 1)];
}

function cell(value: Json | undefined): string | number {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (Array.isArray(value)) return value.map((each: Json) => String(cell(each))).join(', ');
  return JSON.stringify(value);
}
