// Entry of the kernel: every exported function of these files becomes an export of the module.
// A new file is one line here and its signatures in `../kernel-exports.ts`.
export * from './bitset';
export * from './columns';
export * from './postings';
export * from './score';
export * from './terms';
