/** Which record got which docId: `arrivals[docId]` and back. Arrivals that were left out have `NO_DOC`. */
export interface DocOrder {
  readonly docCount: number;
  readonly arrivals: Uint32Array;
  readonly docIds: Uint32Array;
}

export const NO_DOC = 0xffff_ffff;

export function docOrder(arrivals: Uint32Array, arrivalCount: number): DocOrder {
  const docIds = new Uint32Array(arrivalCount).fill(NO_DOC);
  for (let docId = 0; docId < arrivals.length; docId++) docIds[arrivals[docId]!] = docId;
  return { docCount: arrivals.length, arrivals, docIds };
}
