/**
 * Where a builder takes the bytes of records from, by arrival: buffered in memory (fresh records) or in segments that are
 * merged (so that a merge never holds them all).
 */
import { crc32c, utf8Decode } from '@skein/base';
import { GrowingBytes, GrowingUint32 } from './growing-array.ts';
import type { SegmentReader } from './segment-reader.ts';

export interface RecordSource {
  readonly byteLength: number;
  lengthOf(arrival: number): number;
  /** CRC-32C of the record's bytes. */
  checksumOf(arrival: number): number;
  /** Valid until the next call. */
  bytesOf(arrival: number): Uint8Array;
}

export class BufferedRecords implements RecordSource {
  readonly #bytes = new GrowingBytes(1 << 16);
  readonly #ends = new GrowingUint32();

  add(recordJson: string): void {
    this.#bytes.appendText(recordJson);
    this.#ends.push(this.#bytes.count);
  }

  get byteLength(): number {
    return this.#bytes.byteLength;
  }

  lengthOf(arrival: number): number {
    return this.#ends.at(arrival) - this.#startOf(arrival);
  }

  checksumOf(arrival: number): number {
    return crc32c(this.bytesOf(arrival));
  }

  bytesOf(arrival: number): Uint8Array {
    return this.#bytes.view(this.#startOf(arrival), this.#ends.at(arrival));
  }

  jsonOf(arrival: number): string {
    return utf8Decode(this.bytesOf(arrival));
  }

  #startOf(arrival: number): number {
    return arrival === 0 ? 0 : this.#ends.at(arrival - 1);
  }
}

export class MergedRecords implements RecordSource {
  readonly #readers: SegmentReader[] = [];
  readonly #readerOf = new GrowingUint32();
  readonly #docIdOf = new GrowingUint32();

  add(reader: SegmentReader, docId: number): void {
    if (this.#readers.at(-1) !== reader) this.#readers.push(reader);
    this.#readerOf.push(this.#readers.length - 1);
    this.#docIdOf.push(docId);
  }

  get byteLength(): number {
    return this.#readerOf.byteLength + this.#docIdOf.byteLength;
  }

  lengthOf(arrival: number): number {
    return this.#reader(arrival).records.byteLength(this.#docIdOf.at(arrival));
  }

  checksumOf(arrival: number): number {
    return this.#reader(arrival).records.checksum(this.#docIdOf.at(arrival));
  }

  bytesOf(arrival: number): Uint8Array {
    return this.#reader(arrival).records.bytes(this.#docIdOf.at(arrival));
  }

  #reader(arrival: number): SegmentReader {
    return this.#readers[this.#readerOf.at(arrival)]!;
  }
}
