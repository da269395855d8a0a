export { type IndexStep, RECORD, SCHEMA, SEARCH_QUERY } from './arbitraries.ts';
export { MemoryDirectory } from './memory-directory.ts';
export { type PlainCriteria, PlainEngine, type PlainHit, type PlainResult } from './plain-engine.ts';
export { askSmallRichIndex, type SmallRichAnswers, writeSmallRichIndex } from './small-rich-index.ts';
