import fc from 'fast-check';
import { test } from 'vitest';
import { arbitrarySteps, objectIDOf, SCHEMA, SEARCH_QUERY } from './arbitraries.ts';
import { PlainEngine } from './plain-engine.ts';
import { Reached, SEARCH_SITUATIONS } from './reached.ts';

test('random cases reach every situation that searches are compared in', () => {
  const reached = new Reached();
  fc.assert(
    fc.property(
      SCHEMA,
      arbitrarySteps(60),
      fc.array(SEARCH_QUERY, { minLength: 1, maxLength: 8, size: 'max' }),
      (schema, steps, queries) => {
        const engine = new PlainEngine(schema);
        for (const step of steps) if (step.kind === 'put') engine.put(objectIDOf(step.record), step.record);
        for (const query of queries) reached.sawSearch(query, engine.search(query));
      },
    ),
    { numRuns: 150 },
  );
  reached.expectAll(SEARCH_SITUATIONS);
});
