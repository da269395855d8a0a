/** Runs tables of cases through the whole way of a request. */
import { assert, utf8Encode } from '@skein/base';
import { authenticate } from '../../access/authenticate.ts';
import { newDatabase, type TestDatabase } from '../run-fql.ts';
import type { FunctionCase, FunctionCases } from './function-cases.ts';

/** What the answer should be. */
export function expectedBody(example: FunctionCase): string {
  return example.errors === undefined
    ? `{"resource":${example.result}}`
    : JSON.stringify({ errors: example.errors });
}

/** An answer without what depends on the moment and on chance: times of transactions, new ids, secrets. */
export function redacted(body: string): string {
  return body
    .replaceAll(/"fn[\w-]{38,}"/g, '"<secret>"')
    .replaceAll(/"global_id":"\w+"/g, '"global_id":"<global id>"')
    .replaceAll(/(?<=minimum allowed timestamp )[\dT:.-]+Z/g, '<time>')
    .replaceAll(/https:\/\/db\.fauna\.com\/db\/[\da-f]{20}/g, '<audience>')
    .replaceAll(/"ts":1[6-9]\d{14}\b/g, '"ts":<ts>')
    .replaceAll(/"\d{18}"/g, '"<id>"');
}

/** What it is. Cases of one table share a database as long as they are given the same. */
export class CaseRunner {
  readonly #table: FunctionCases;
  #database: TestDatabase | undefined;
  #given = '';

  constructor(table: FunctionCases) {
    this.#table = table;
  }

  run(example: FunctionCase): string {
    const { given = this.#table.given, login, strictTemporal = false } = example;
    // Without anything given, a case sees a clock that stands where it stood for the others.
    if (this.#database === undefined || JSON.stringify(given) !== this.#given || given === undefined) {
      this.#database = newDatabase();
      this.#given = JSON.stringify(given);
      for (const expression of given ?? []) this.#prepare(this.#database, expression);
    }
    return this.#database.query(utf8Encode(example.expression), {
      options: { strictTemporal },
      ...(login === undefined ? {} : { authentication: this.#loggedIn(this.#database, login) }),
    }).body;
  }

  #prepare(database: TestDatabase, expression: string): TestDatabase {
    const { status, body } = database.query(utf8Encode(expression));
    if (status >= 400) throw new Error(`${expression}: ${body}`);
    return database;
  }

  #loggedIn({ query, store, host, now }: TestDatabase, login: string) {
    const { body } = query(utf8Encode(login));
    const secret = /"secret":"([^"]*)"/.exec(body)?.[1];
    assert(secret !== undefined, `${login}: ${body}`);
    const authentication = authenticate(store, secret, host, undefined, now);
    assert(authentication !== undefined, `${login}: nobody`);
    return authentication;
  }
}
