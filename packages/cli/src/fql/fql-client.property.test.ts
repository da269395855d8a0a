import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CliError } from '../cli-error.ts';
import { type FqlAnswer, readAnswer, reasonOf, refusal } from './fql-client.ts';
import { showErrors } from './show-errors.ts';

const read = (status: number, text: string): FqlAnswer => readAnswer(status, Buffer.from(text), 'http://x');

test('values come with the text that the server sent', () => {
  expect(read(200, '{"resource":{"a":10.0}}')).toEqual({
    kind: 'value',
    value: new Map([['a', 10]]),
    text: '{"a":10.0}',
  });
  expect(read(201, '{"resource":null}')).toEqual({ kind: 'value', value: null, text: 'null' });
});

test('errors come with positions, failures and causes', () => {
  const cause = { position: ['expr'], code: 'invalid argument', description: 'Number expected.' };
  const error = {
    position: ['do', 1],
    code: 'call error',
    description: 'It failed.',
    failures: [{ field: ['data', 'a', 0], code: 'invalid type', description: 'No.' }],
    cause: [cause],
  };
  const answer = read(400, JSON.stringify({ errors: [error] }));
  if (answer.kind !== 'errors') throw new Error(answer.kind);
  expect(answer.errors[0]).toMatchObject({ position: ['do', 1], failures: [{ field: 'data.a.0' }] });
  expect(reasonOf(answer.errors[0]!)).toBe(
    'call error: It failed. (data.a.0: No.; invalid argument: Number expected.)',
  );
  expect(showErrors(answer, undefined, false)).toContain('at do[1]');
});

test('any answer is read, or told to be none of FQL', () => {
  const keys = fc.constantFrom(
    'resource',
    'errors',
    'position',
    'code',
    'description',
    'failures',
    'field',
    'cause',
  );
  const json = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue(),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(keys, tie('any'), { maxKeys: 4 }),
    ),
  })).any;
  const bodies = fc.oneof(
    fc.string(),
    json.map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(bodies, fc.constantFrom(200, 201, 400, 401, 404, 413, 503), (body, status) => {
      let answer: FqlAnswer;
      try {
        answer = read(status, body);
      } catch (error) {
        expect(error).toBeInstanceOf(CliError);
        return;
      }
      if (answer.kind === 'value') return;
      expect(refusal(answer).message).not.toBe('');
      expect(showErrors(answer, undefined, false)).not.toBe('');
    }),
  );
});
