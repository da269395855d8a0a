/** `docs/compat/algolia.md` as text, made from the tables that the server itself uses. */
import {
  ENDPOINTS,
  type Endpoint,
  filterDepthMax,
  filterTermCountMax,
  forcedParameterBytesMax,
  hitsPerPageMax,
  indexNameBytesMax,
  maxFacetHitsMax,
  maxValuesPerFacetMax,
  OTHER_ENDPOINTS,
  objectIDBytesMax,
  objectsPerRequestMax,
  PARAMETERS,
  type ParameterDefinition,
  paginationLimitedToMax,
  polygonPointsMax,
  queriesPerRequestMax,
  recordBytesMaxDefault,
  SETTING_ALIASES,
  userDataBytesMax,
} from '@skein/wire';

const INTRODUCTION = `# Algolia compatibility

Made from Skein's own tables by \`npm run compat\`; a test fails when the two differ, so do not edit this page.

**same**: as Algolia documents or its clients' tests show · **differs**: works, with the difference stated · **not yet**: accepted where that is
harmless, without the effect.`;

const FORMS = `## Answers and conventions

| what | Skein |
| --- | --- |
| credentials in headers, in the query string (any letter case), or \`apiKey\` in the body | same |
| JSON bodies whatever the content type says; gzip | same |
| errors \`{message, status}\` | same messages where Algolia's are known |
| endpoints that do not exist yet | 404 with a message that says so: a 5xx would make clients try other hosts |
| \`nbHits\`, facet counts | always exact, also beyond 1,000 and on every page: \`exhaustive\` is always true |
| \`processingTimeMS\` | whole milliseconds, at least 1 |
| \`params\` | as sent, or form-encoded; credentials are left out |
| past \`paginationLimitedTo\` | no hits, \`nbHits\` 0 and Algolia's message |
| browse cursor | carries the first request's parameters; survives writes |
| \`taskID\` | ascending number of the operation in the log |
| objectIDs made by the server | digits only, ascending in the order of insertion |
| ranking | every rule is written down in [relevance.md](../relevance.md) |
| unknown parameters | 400 \`Unknown parameter: …\` |
| secured keys | same, in the forms of old and new clients; an unknown parameter inside one is refused and not ignored |
| filters of a key | added to the request's own (also \`facetFilters\`, \`numericFilters\`, \`tagFilters\`) |`;

const LIMITS: readonly (readonly [what: string, limit: number, past: string])[] = [
  ['bytes of a record (configurable)', recordBytesMaxDefault, '400 with position and objectID'],
  ['bytes of an objectID', objectIDBytesMax, '400'],
  ['bytes of an index name', indexNameBytesMax, '400'],
  ['hits of a page', hitsPerPageMax, 'cut'],
  ['`paginationLimitedTo`', paginationLimitedToMax, '400'],
  ['values of a facet', maxValuesPerFacetMax, 'cut'],
  ['values of a facet search', maxFacetHitsMax, '400'],
  ['queries of a multi-query', queriesPerRequestMax, '400'],
  ['records of a multi-get', objectsPerRequestMax, '400'],
  ['conditions in a filter parameter', filterTermCountMax, '400'],
  ['levels of nesting in `filters`', filterDepthMax, '400'],
  ['points of a polygon', polygonPointsMax, '400'],
  ['bytes of `userData`', userDataBytesMax, '400'],
  ['bytes of a parameter forced by a key (filters excepted)', forcedParameterBytesMax, '400'],
];

export function compatPage(): string {
  return [
    INTRODUCTION,
    `## Endpoints of the search API\n\n${endpointTable(ENDPOINTS.filter(({ legacy }) => !legacy))}`,
    `### Of old clients\n\n${endpointTable(ENDPOINTS.filter(({ legacy }) => legacy))}`,
    `## Search parameters and index settings\n\n**Q** in searches · **S** as a setting of the index · **QS** as a setting that a search may override\n\n${parameterTable()}`,
    `Old names of settings that are understood: ${aliases()}.`,
    FORMS,
    `## Limits\n\n${limitTable()}`,
    `## Other APIs\n\nNot served yet.\n\n${otherTable()}`,
    '',
  ].join('\n\n');
}

function limitTable(): string {
  const rows = LIMITS.map(([what, limit, past]) => `| ${what} | ${limit.toLocaleString('en')} | ${past} |`);
  return ['| what | at most | past it |', '| --- | --- | --- |', ...rows].join('\n');
}

function endpointTable(endpoints: readonly Endpoint[]): string {
  const rows = endpoints.map((endpoint) => {
    const { method, path, operationId, acl } = endpoint;
    return `| ${method} ${code(path)} | ${operationId} | ${acl.length === 0 ? 'any' : acl.join(', ')} | ${endpointState(endpoint)} |`;
  });
  return ['| endpoint | operation | right needed | Skein |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function endpointState({ status, note, legacy }: Endpoint): string {
  if (status === 'not yet') return 'not yet';
  if (note === undefined) return 'same';
  return `${legacy ? 'same' : 'differs'}: ${note}`;
}

function parameterTable(): string {
  const rows = Object.entries(PARAMETERS).map(([name, definition]: [string, ParameterDefinition]) => {
    const { scope, compat, note } = definition;
    const state = note === undefined ? compat : `${compat}: ${note}`;
    return `| ${name} | ${scope} | ${defaultText(definition)} | ${state} |`;
  });
  return ['| name | where | default | Skein |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function defaultText(definition: ParameterDefinition): string {
  return definition.default === undefined ? '–' : code(JSON.stringify(definition.default));
}

function aliases(): string {
  return Object.entries(SETTING_ALIASES)
    .map(([old, name]) => `${code(old)} (${name})`)
    .join(', ');
}

function otherTable(): string {
  const rows = Object.entries(OTHER_ENDPOINTS).flatMap(([api, endpoints]) =>
    endpoints.map((endpoint) => {
      const [method, path, operationId] = endpoint.split(' ');
      return `| ${api} | ${method} ${code(path ?? '')} | ${operationId} | not yet |`;
    }),
  );
  return ['| API | endpoint | operation | Skein |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}
