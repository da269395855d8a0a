/**
 * The functions that come with an aggregation, so that drivers, which know nothing of its forms, reach it by `Call`:
 *
 *   Call('usage_latest', key)         what the events of a key add up to
 *   Call('usage_snapshots', options)  a page of snapshots: {size, after}, or null
 *   Call('usage_run')                 asks for a run
 */
import { utf8Encode } from '@skein/base';

export function functionsOf(aggregation: string): readonly string[] {
  return functionBodies(aggregation).map(({ name }) => name);
}

/** Bodies are the JSON text of a lambda. */
export function functionBodies(
  aggregation: string,
): readonly { readonly name: string; readonly body: Uint8Array }[] {
  const lambda = (parameter: string, expr: object): Uint8Array =>
    utf8Encode(JSON.stringify({ query: { lambda: parameter, expr } }));
  return [
    {
      name: `${aggregation}_latest`,
      body: lambda('key', { aggregation_latest: aggregation, key: { var: 'key' } }),
    },
    {
      name: `${aggregation}_snapshots`,
      body: lambda('options', { aggregation_snapshots: aggregation, options: { var: 'options' } }),
    },
    { name: `${aggregation}_run`, body: lambda('_', { run_aggregation: aggregation }) },
  ];
}
