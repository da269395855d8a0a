/**
 * What the kernel module exports, typed. Addresses, lengths and counts are bytes or numbers of the memory that the
 * instance was made on; results declared u32 in the sources come out signed, hence `>>> 0` at the wrappers where they
 * can pass 2^31. Each group is one file of `./assembly`.
 */
export interface KernelExports extends BitsetExports {}

/** `assembly/bitset.ts`; use it through `bitset.ts`. */
export interface BitsetExports {
  bitsetZero(at: number, bytes: number): void;
  bitsetCopy(to: number, from: number, bytes: number): void;
  bitsetFill(at: number, docCount: number, bytes: number): void;
  bitsetAnd(into: number, other: number, bytes: number): void;
  bitsetOr(into: number, other: number, bytes: number): void;
  bitsetAndNot(into: number, other: number, bytes: number): void;
  bitsetNot(at: number, docCount: number, bytes: number): void;
  bitsetCount(at: number, bytes: number): number;
  bitsetAndCount(a: number, b: number, bytes: number): number;
  bitsetDocs(at: number, docFrom: number, docCount: number, into: number, countMax: number): number;
  bitsetAddDocs(into: number, docs: number, count: number): void;
  bitsetFilterDocs(bitset: number, docs: number, count: number, into: number): number;
  facetCount(bitset: number, docCount: number, offsets: number, values: number, counts: number): void;
}
