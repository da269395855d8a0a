import { asSequence, isJsonObject, type Json, type JsonObject, type Sequence } from '@skein/base';

/** What the member keeps in a manifest beside the engine's own. */
export interface IndexMeta {
  /** The index's name: the folder's is encoded, and cut when it is long. */
  readonly name: string;
  /** The settings that differ from the defaults, as they were sent. */
  readonly settings: JsonObject;
  /** The last operation of this index that the manifest contains. */
  readonly appliedSequence: Sequence;
  /** The operation that made the index; another one means other files under the same names. */
  readonly bornSequence: Sequence;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly lastBuildTimeS: number;
}

export function encodeIndexMeta(meta: IndexMeta): JsonObject {
  return { ...meta };
}

/** Fields that are missing are those of an index made by other means than the log. */
export function decodeIndexMeta(meta: JsonObject, name: string): IndexMeta {
  const { settings } = meta as { settings?: Json };
  const number = (field: string): number => (typeof meta[field] === 'number' ? (meta[field] as number) : 0);
  return {
    name: typeof meta['name'] === 'string' ? meta['name'] : name,
    settings: isJsonObject(settings) ? settings : {},
    appliedSequence: asSequence(number('appliedSequence')),
    bornSequence: asSequence(number('bornSequence')),
    createdAtMs: number('createdAtMs'),
    updatedAtMs: number('updatedAtMs'),
    lastBuildTimeS: number('lastBuildTimeS'),
  };
}
