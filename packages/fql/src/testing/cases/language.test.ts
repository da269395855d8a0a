/**
 * The forms that steer an evaluation, walk through arrays, look into objects and compare, each by its table of cases.
 */
import { describe, expect, test } from 'vitest';
import { basicCases } from './basic-cases.ts';
import { collectionCases } from './collection-cases.ts';
import { logicCases } from './logic-cases.ts';
import { objectCases } from './object-cases.ts';
import { CaseRunner, expectedBody } from './run-cases.ts';

describe.each([
  ['basic forms', basicCases],
  ['collections', collectionCases],
  ['objects', objectCases],
  ['logic', logicCases],
] as const)('%s', (_, tables) => {
  test.each(tables.map((table) => [table.function, table.cases] as const))(
    '%s answers as its table says',
    (_name, cases) => {
      const runner = new CaseRunner();
      const answers = cases.map((example) => `${example.expression} → ${runner.run(example)}`);
      expect(answers).toEqual(cases.map((example) => `${example.expression} → ${expectedBody(example)}`));
    },
  );
});
