/** All functions of the language, and which of them an object on the wire calls. */
import type { JsonNode } from '../json/parse-json.ts';
import { accessForms } from './access.ts';
import { aggregateForms } from './aggregates.ts';
import { aggregationForms } from './aggregations.ts';
import { basicForms } from './basic.ts';
import { collectionForms } from './collections.ts';
import { conversionForms } from './conversion.ts';
import { extremeForms } from './extremes.ts';
import type { Form } from './form.ts';
import { insertEventsForms } from './insert-events.ts';
import { logicForms } from './logic.ts';
import { mathForms } from './math.ts';
import { objectForms } from './objects.ts';
import { readForms } from './reads.ts';
import { refForms } from './refs.ts';
import { searchableForms } from './searchable.ts';
import { setForms } from './sets.ts';
import { stringForms } from './strings.ts';
import { formatForms } from './strings-format.ts';
import { regexForms } from './strings-regex.ts';
import { timeForms } from './time.ts';
import { trigonometryForms } from './trigonometry.ts';
import { typeCheckForms } from './type-checks.ts';
import { writeForms } from './writes.ts';

/** Made when it is first asked for: form files and the parser import each other. */
let table: ReadonlyMap<string, readonly Form[]> | undefined;

export function allForms(): readonly Form[] {
  return [
    ...basicForms,
    ...collectionForms,
    ...objectForms,
    ...logicForms,
    ...readForms,
    ...writeForms,
    ...setForms,
    ...refForms,
    ...aggregateForms,
    ...accessForms,
    ...aggregationForms,
    ...insertEventsForms,
    ...searchableForms,
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
}

/** By the key that names a form; several forms may share one, and differ in the others (`match` with `terms`, or with `index`). */
function formsByKey(): ReadonlyMap<string, readonly Form[]> {
  const byKey = new Map<string, Form[]>();
  for (const form of allForms()) {
    const key = form.parameters[0]?.key ?? '';
    byKey.set(key, [...(byKey.get(key) ?? []), form]);
  }
  return byKey;
}

/** The form whose keys these are: every required one, and no other than its own. */
export function findForm(fields: ReadonlyMap<string, JsonNode>): Form | undefined {
  table ??= formsByKey();
  for (const key of fields.keys()) {
    for (const form of table.get(key) ?? []) if (fits(form, fields)) return form;
  }
  return undefined;
}

function fits(form: Form, fields: ReadonlyMap<string, JsonNode>): boolean {
  let foundCount = 0;
  for (const { key, cast } of form.parameters) {
    if (fields.has(key)) foundCount++;
    else if (cast.optional !== true) return false;
  }
  return foundCount === fields.size;
}
