/**
 * `attributesToRetrieve` and `unretrievableAttributes`: which parts of a record an answer shows. Works on the record's
 * JSON text, so that what is shown is what was saved, to the last digit, and nothing is parsed.
 *
 *  - `*` stands for all, `-name` takes away (a list of nothing but these starts from all); an empty list shows nothing;
 *  - a path takes in everything below and looks through arrays; taking away wins;
 *  - `objectID` is always there.
 */
import { type AttributeNode, attributeTree } from './attribute-tree.ts';
import { jsonElements, jsonMembers, OPEN_ARRAY, OPEN_OBJECT } from './json-text.ts';

/** Levels that are looked into; bounds the recursion that a hostile record can cause. What lies deeper is not shown. */
const NESTING_MAX = 100;

/** Turns a record's JSON text into what is shown of it. Made once per query. */
export type Projection = (recordJson: string) => string;

/** @param attributesToRetrieve undefined: all. */
export function createProjection(
  attributesToRetrieve: readonly string[] | undefined,
  unretrievableAttributes: readonly string[],
): Projection {
  const wanted = attributesToRetrieve ?? ['*'];
  const shown = wanted.filter((path) => !path.startsWith('-'));
  const hidden = [
    ...wanted.filter((path) => path.startsWith('-')).map((path) => path.slice(1)),
    ...unretrievableAttributes,
  ];
  if (shown.length === 0 && wanted.length > 0) shown.push('*');
  if (shown.includes('*') && hidden.length === 0) return (recordJson) => recordJson;
  const tree = attributeTree<Visibility>([
    ...shown.map((path): [string, Visibility] => [path, 'shown']),
    ...hidden.map((path): [string, Visibility] => [path, 'hidden']),
  ]);
  return (recordJson) => {
    const at = recordJson.indexOf('{');
    return at === -1
      ? recordJson
      : (projectObject(recordJson, at, recordJson.length, tree, isShown(tree, false), 0) ?? '{}');
  };
}

type Visibility = 'shown' | 'hidden';
type VisibilityNode = AttributeNode<Visibility>;

function isShown(node: VisibilityNode, inherited: boolean): boolean {
  return inherited || node.marks.includes('shown');
}

function projectValue(
  json: string,
  start: number,
  end: number,
  node: VisibilityNode,
  shown: boolean,
  depth: number,
): string | undefined {
  if (node.children.size === 0) return shown ? json.slice(start, end) : undefined;
  if (depth > NESTING_MAX) return undefined;
  const first = json.charCodeAt(start);
  if (first === OPEN_OBJECT) return projectObject(json, start, end, node, shown, depth);
  if (first === OPEN_ARRAY) return projectArray(json, start, end, node, shown, depth);
  return shown ? json.slice(start, end) : undefined;
}

/** The text itself, uncopied where nothing is left out; undefined where nothing of it is wanted. */
function projectObject(
  json: string,
  start: number,
  end: number,
  node: VisibilityNode,
  shown: boolean,
  depth: number,
): string | undefined {
  let out = '';
  let changed = false;
  for (const member of jsonMembers(json, start)) {
    const projected = projectMember(json, member, node, shown, depth);
    if (projected === undefined) {
      changed = true;
      continue;
    }
    changed ||= projected.length !== member.end - member.valueStart;
    out += `${out === '' ? '' : ','}${json.slice(member.start, member.valueStart)}${projected}`;
  }
  if (out === '' && !shown) return undefined;
  return changed ? `{${out}}` : json.slice(start, end);
}

function projectMember(
  json: string,
  member: { readonly name: string; readonly valueStart: number; readonly end: number },
  node: VisibilityNode,
  shown: boolean,
  depth: number,
): string | undefined {
  const { name, valueStart, end } = member;
  const child = node.children.get(name);
  if (depth === 0 && name === 'objectID') return json.slice(valueStart, end);
  if (child === undefined) return shown ? json.slice(valueStart, end) : undefined;
  if (child.marks.includes('hidden')) return undefined;
  return projectValue(json, valueStart, end, child, isShown(child, shown), depth + 1);
}

/** Objects in arrays keep their places, even empty; other elements go when they are not wanted. */
function projectArray(
  json: string,
  start: number,
  end: number,
  node: VisibilityNode,
  shown: boolean,
  depth: number,
): string | undefined {
  let out = '';
  let changed = false;
  let found = shown;
  for (const element of jsonElements(json, start)) {
    let projected = projectValue(json, element.start, element.end, node, shown, depth + 1);
    if (projected !== undefined) found = true;
    else if (json.charCodeAt(element.start) === OPEN_OBJECT) projected = '{}';
    changed ||= projected?.length !== element.end - element.start;
    if (projected !== undefined) out += (out === '' ? '' : ',') + projected;
  }
  if (!found) return undefined;
  return changed ? `[${out}]` : json.slice(start, end);
}
