/**
 * The pure functions with any arguments: an answer, or an error of the client's, in bounded time.
 */

import { utf8Encode } from '@skein/base';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { conversionForms } from '../../forms/conversion.ts';
import { extremeForms } from '../../forms/extremes.ts';
import type { Form } from '../../forms/form.ts';
import { mathForms } from '../../forms/math.ts';
import { stringForms } from '../../forms/strings.ts';
import { formatForms } from '../../forms/strings-format.ts';
import { regexForms } from '../../forms/strings-regex.ts';
import { timeForms } from '../../forms/time.ts';
import { trigonometryForms } from '../../forms/trigonometry.ts';
import { typeCheckForms } from '../../forms/type-checks.ts';
import { newDatabase } from '../run-fql.ts';
import { conversionCases } from './conversion-cases.ts';
import { formatCases } from './format-cases.ts';
import { mathCases } from './math-cases.ts';
import { regexCases } from './regex-cases.ts';
import { stringCases } from './string-cases.ts';
import { timeCases } from './time-cases.ts';
import { trigonometryCases } from './trigonometry-cases.ts';
import { typeCheckCases } from './type-check-cases.ts';

const forms: readonly Form[] = [
  ...mathForms,
  ...extremeForms,
  ...trigonometryForms,
  ...stringForms,
  ...regexForms,
  ...formatForms,
  ...timeForms,
  ...conversionForms,
  ...typeCheckForms,
];

test('each function has a table of cases', () => {
  const tables = [
    mathCases,
    trigonometryCases,
    stringCases,
    regexCases,
    formatCases,
    timeCases,
    conversionCases,
    typeCheckCases,
  ].flat();
  const named = tables.map((table) => table.function).sort();
  expect(named).toEqual(forms.map((form) => form.name).sort());
});

const scalars = fc.oneof(
  fc.constantFrom('null', 'true', 'false', '0', '1', '-1', '2.5', '-0.0', '1E308', '9223372036854775807'),
  fc.constantFrom(
    '-9223372036854775808',
    '"now"',
    '"day"',
    '"microseconds"',
    '"NFC"',
    '"(a+)+$"',
    '"%5.1f %s"',
  ),
  fc.constantFrom(
    '{"now":null}',
    '{"@ts":"-999999999-01-01T00:00:00Z"}',
    '{"@date":"+999999999-12-31"}',
    '{"@bytes":"AQID"}',
    '{"collections":null}',
    '{"collection":"nope"}',
    '{"exp":1000}',
    '{"query":{"lambda":"x","expr":{"var":"x"}}}',
    '{"documents":{"collections":null}}',
  ),
  fc.maxSafeInteger().map(String),
  fc.string({ maxLength: 12 }).map((text) => JSON.stringify(text)),
  fc.string({ unit: 'binary', maxLength: 6 }).map((text) => JSON.stringify(text)),
);
const values = fc.oneof(
  { weight: 4, arbitrary: scalars },
  fc.array(scalars, { maxLength: 4 }).map((items) => `[${items.join()}]`),
  scalars.map((value) => `{"object":{"a":${value}}}`),
);

test.each(forms.map((form) => [form.name, form] as const))('%s answers any arguments', (_, form) => {
  const database = newDatabase();
  const given = fc
    .tuple(...form.parameters.map(({ cast }) => (cast.optional === true ? fc.option(values) : values)))
    .map((chosen) =>
      form.parameters.flatMap(({ key }, at) => {
        const value = chosen[at];
        return value === null || value === undefined ? [] : [`"${key}":${value}`];
      }),
    );
  fc.assert(
    fc.property(given, (fields) => {
      const { status, json, body } = database.query(utf8Encode(`{${fields.join()}}`));
      if (status === 200) {
        expect(json['resource']).not.toBeUndefined();
      } else {
        expect(status, body).toBe(400);
        const { errors } = JSON.parse(body) as { readonly errors: readonly { readonly code: string }[] };
        for (const { code } of errors) {
          expect(['invalid argument', 'invalid ref', 'resources exceeded']).toContain(code);
        }
      }
    }),
  );
});
