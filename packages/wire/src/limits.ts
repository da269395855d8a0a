/** Bounds of the wire, each with its reason. */

/** Deepest nesting of and, or and not that the engine has to walk; far beyond what a person writes. */
export const filterDepthMax = 64;
/** Conditions in one request's filters, so that one query cannot occupy a process for seconds. */
export const filterTermCountMax = 20_000;
/** Algolia's published maximum; larger values are cut to it. */
export const hitsPerPageMax = 1000;
/** Default page of browse, as Algolia's. */
export const browseHitsPerPageDefault = 1000;
/** Algolia's published maximum of the setting. */
export const paginationLimitedToMax = 20_000;
export const maxValuesPerFacetMax = 1000;
export const maxFacetHitsMax = 100;
/** Algolia's published record limit of paid plans; servers may configure another one. */
export const recordBytesMaxDefault = 100_000;
/** Object identifiers are names, not content: dictionaries of them are held in memory. */
export const objectIDBytesMax = 512;
/** Algolia's published bound of `userData`. */
export const userDataBytesMax = 32_768;
/** Queries of one multi-query request: InstantSearch sends tens at most. */
export const queriesPerRequestMax = 100;
/** Records of one multi-get request. */
export const objectsPerRequestMax = 1000;
/** Algolia's published bound of forced parameters in a key. */
export const forcedParameterBytesMax = 512;
/** Nesting of array filters (`facetFilters` and its like). */
export const arrayFilterDepthMax = 8;
/** Polygons: Algolia's published 10,000 points. */
export const polygonPointsMax = 10_000;
