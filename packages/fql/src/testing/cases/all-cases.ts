/** Every function of the driver with its cases, by library, in the order in which the documentation has them. */
import { accessCases } from './access-cases.ts';
import { aggregateCases } from './aggregate-cases.ts';
import { basicCases } from './basic-cases.ts';
import { collectionCases } from './collection-cases.ts';
import { conversionCases } from './conversion-cases.ts';
import { formatCases } from './format-cases.ts';
import type { FunctionCases } from './function-cases.ts';
import { iterationCases } from './iteration-cases.ts';
import { logicCases } from './logic-cases.ts';
import { mathCases } from './math-cases.ts';
import { objectCases } from './object-cases.ts';
import { oldObjectCases } from './old-object-cases.ts';
import { readCases } from './read-cases.ts';
import { refCases } from './ref-cases.ts';
import { regexCases } from './regex-cases.ts';
import { schemaCases } from './schema-cases.ts';
import { setCases } from './set-cases.ts';
import { stringCases } from './string-cases.ts';
import { timeCases } from './time-cases.ts';
import { trigonometryCases } from './trigonometry-cases.ts';
import { typeCheckCases } from './type-check-cases.ts';
import { writeCases } from './write-cases.ts';

export const ALL_CASES: Readonly<Record<string, readonly FunctionCases[]>> = {
  'Basic forms': withStored(basicCases),
  'Arrays and pages': withStored(collectionCases),
  Reads: readCases,
  Writes: writeCases,
  Schema: schemaCases,
  Sets: setCases,
  'Refs, ids, bytes and lambdas': refCases,
  'Objects and paths': [...withStored(objectCases), ...oldObjectCases],
  'Comparison and logic': withStored(logicCases),
  'Identity and tokens': accessCases,
  Arithmetic: mathCases,
  Aggregation: aggregateCases,
  Trigonometry: trigonometryCases,
  Strings: stringCases,
  Patterns: regexCases,
  Format: formatCases,
  'Times and dates': timeCases,
  Conversion: conversionCases,
  'Type checks': typeCheckCases,
};

/** Beside what a function does with values, what it does with sets, pages and documents. */
function withStored(tables: readonly FunctionCases[]): readonly FunctionCases[] {
  const names = new Set(tables.map((table) => table.function));
  return [...tables, ...iterationCases.filter((table) => names.has(table.function))];
}
