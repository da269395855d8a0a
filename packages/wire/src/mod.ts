export { API_ERRORS, ApiError, type ApiErrorCode, renderError } from './api-error.ts';
export {
  parseFacetFilters,
  parseNumericFilters,
  parseOptionalFilters,
  parseTagFilters,
} from './array-filters.ts';
export { allOf, normaliseFilter, renderFilter } from './filter-nodes.ts';
export { parseFilters } from './filters.ts';
export {
  PARAMETERS,
  type ParameterDefinition,
  type ParameterName,
  type ParameterScope,
  type ParameterType,
  SETTING_ALIASES,
} from './parameters.ts';
export { mergeSettings, sameSchema, schemaOf, settingsResponse } from './settings.ts';
