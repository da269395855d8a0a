/**
 * Parameters of one request: from an object, from `params` (URL-encoded text inside the object), or both, where the object's
 * own fields win. Names are checked against the table, values against their types.
 */
import type { Json, JsonObject } from '@skein/base';
import { ApiError } from './api-error.ts';
import { checkValue } from './parameter-values.ts';
import { definitionOf, isParameterName, type ParameterName } from './parameters.ts';
import { filterQueryString, formatQueryString, parseQueryString } from './query-string.ts';

export interface RequestParameters {
  readonly values: ReadonlyMap<ParameterName, Json>;
  /** Values of `extraNames`, unchecked. */
  readonly extras: ReadonlyMap<string, Json>;
  /** The `params` field of the answer: as sent where a text was sent, else encoded anew. */
  readonly echo: string;
}

/** Sent by clients beside parameters; no meaning here. */
const IGNORED: ReadonlySet<string> = new Set(['apiKey', 'explain', 'referers']);

/** `extraNames`: further fields that this kind of request has. Throws `ApiError`. */
export function readParameters(body: JsonObject, extraNames: ReadonlySet<string> = NONE): RequestParameters {
  const values = new Map<ParameterName, Json>();
  const extras = new Map<string, Json>();
  const put = (name: string, value: Json) => {
    if (extraNames.has(name)) extras.set(name, value);
    else if (!isParameterName(name) || definitionOf(name).scope === 'S') {
      if (!isIgnored(name)) {
        throw new ApiError('parameter-unknown', { name });
      }
    } else if (value === null) values.delete(name);
    else values.set(name, checkValue(name, value, 'search'));
  };

  const text = body['params'];
  let echo = '';
  if (typeof text === 'string') {
    for (const [name, value] of parseQueryString(text)) put(name, value);
    // Old clients send credentials in the same text: they are never echoed.
    echo = /x-algolia-|apiKey/i.test(text) ? filterQueryString(text, (name) => !isIgnored(name)) : text;
  } else if (text !== undefined && text !== null) {
    throw new ApiError('parameter-invalid', { name: 'params', expected: 'string' });
  }
  const own: [string, Json][] = [];
  for (const [name, value] of Object.entries(body)) {
    if (name === 'params' || value === undefined) continue;
    put(name, value);
    if (!extraNames.has(name) && !isIgnored(name)) own.push([name, value]);
  }
  if (own.length > 0) {
    const encoded = formatQueryString(own);
    echo = echo === '' || encoded === '' ? echo + encoded : `${echo}&${encoded}`;
  }
  return { values, extras, echo };
}

const NONE: ReadonlySet<string> = new Set();

function isIgnored(name: string): boolean {
  return IGNORED.has(name) || name.toLowerCase().startsWith('x-algolia-');
}
