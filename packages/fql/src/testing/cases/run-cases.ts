/** Runs tables of cases through the whole way of a request. */
import { utf8Encode } from '@skein/base';
import { newDatabase, type TestDatabase } from '../run-fql.ts';
import type { FunctionCase } from './function-cases.ts';

/** What the answer should be. */
export function expectedBody(example: FunctionCase): string {
  return example.errors === undefined
    ? `{"resource":${example.result}}`
    : JSON.stringify({ errors: example.errors });
}

/** What it is. Cases of one table share a database as long as they are given the same. */
export class CaseRunner {
  #database: TestDatabase | undefined;
  #given = '';

  run(example: FunctionCase): string {
    const given = JSON.stringify(example.given ?? []);
    // Without anything given, a case sees a clock that stands where it stood for the others.
    if (this.#database === undefined || given !== this.#given || example.given === undefined) {
      this.#database = newDatabase();
      this.#given = given;
      for (const expression of example.given ?? []) this.#prepare(this.#database, expression);
    }
    return this.#database.query(utf8Encode(example.expression), {
      options: { strictTemporal: example.strictTemporal ?? false },
    }).body;
  }

  #prepare(database: TestDatabase, expression: string): void {
    const { status, body } = database.query(utf8Encode(expression));
    if (status >= 400) throw new Error(`${expression}: ${body}`);
  }
}
