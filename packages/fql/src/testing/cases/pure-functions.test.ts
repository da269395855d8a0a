/**
 * The pure functions, each by its table of cases: normal values, edges, and every error with its position.
 */
import { describe, expect, test } from 'vitest';
import { conversionCases } from './conversion-cases.ts';
import { formatCases } from './format-cases.ts';
import type { FunctionCases } from './function-cases.ts';
import { mathCases } from './math-cases.ts';
import { regexCases } from './regex-cases.ts';
import { CaseRunner, expectedBody } from './run-cases.ts';
import { stringCases } from './string-cases.ts';
import { timeCases } from './time-cases.ts';
import { trigonometryCases } from './trigonometry-cases.ts';
import { typeCheckCases } from './type-check-cases.ts';

const LIBRARIES: Readonly<Record<string, readonly FunctionCases[]>> = {
  arithmetic: mathCases,
  trigonometry: trigonometryCases,
  strings: stringCases,
  patterns: regexCases,
  format: formatCases,
  'times and dates': timeCases,
  conversion: conversionCases,
  'type checks': typeCheckCases,
};

describe.each(Object.entries(LIBRARIES))('%s', (_, tables) => {
  test.each(tables.map((table) => [table.function, table.cases] as const))(
    '%s answers as its table says',
    (_name, cases) => {
      const runner = new CaseRunner();
      const answers = cases.map((example) => `${example.expression} → ${runner.run(example)}`);
      expect(answers).toEqual(cases.map((example) => `${example.expression} → ${expectedBody(example)}`));
    },
  );
});
