/** Every function of the driver with its cases, by library, in the order in which the documentation has them. */
import { accessCases } from './access-cases.ts';
import { aggregateCases } from './aggregate-cases.ts';
import { basicCases } from './basic-cases.ts';
import { collectionCases } from './collection-cases.ts';
import { conversionCases } from './conversion-cases.ts';
import { edgeCases } from './edge-cases.ts';
import { formatCases } from './format-cases.ts';
import type { FunctionCases } from './function-cases.ts';
import { iterationCases } from './iteration-cases.ts';
import { logicCases } from './logic-cases.ts';
import { mathCases } from './math-cases.ts';
import { objectCases } from './object-cases.ts';
import { oldObjectCases } from './old-object-cases.ts';
import { permissionCases } from './permission-cases.ts';
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
  'Basic forms': withMore(basicCases),
  'Arrays and pages': withMore(collectionCases),
  Reads: withMore(readCases),
  Writes: withMore(writeCases),
  Schema: withMore(schemaCases),
  Sets: withMore(setCases),
  'Refs, ids, bytes and lambdas': withMore(refCases),
  'Objects and paths': withMore([...objectCases, ...oldObjectCases]),
  'Comparison and logic': withMore(logicCases),
  'Identity and tokens': withMore(accessCases),
  Arithmetic: withMore(mathCases),
  Aggregation: withMore(aggregateCases),
  Trigonometry: withMore(trigonometryCases),
  Strings: withMore(stringCases),
  Patterns: withMore(regexCases),
  Format: withMore(formatCases),
  'Times and dates': withMore(timeCases),
  Conversion: withMore(conversionCases),
  'Type checks': withMore(typeCheckCases),
};

/** Beside what a function does with values: with sets, pages and documents, at the edges, and for those who may not. */
function withMore(tables: readonly FunctionCases[]): readonly FunctionCases[] {
  const names = new Set(tables.map((table) => table.function));
  const more = [...iterationCases, ...edgeCases, ...permissionCases];
  return [...tables, ...more.filter((table) => names.has(table.function))];
}
