import type { JsonObject } from '@skein/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame, FrameError, FrameReader } from './frame.ts';

describe('frames', () => {
  test('come out as they went in, however the bytes are cut', () => {
    const header = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()));
    const long = fc.integer({ min: 65_530, max: 65_545 }).map((count) => new Uint8Array(count).fill(count));
    const payload = fc.oneof({ weight: 9, arbitrary: fc.uint8Array({ maxLength: 50 }) }, long);
    const frame = fc.record({ header, payload });
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.nat(60)), (frames, cuts) => {
        const bytes = Buffer.concat(
          frames.flatMap((one) => encodeFrame(one.header as JsonObject, one.payload)),
        );
        const reader = new FrameReader();
        const read = [];
        let at = 0;
        for (const cut of [...cuts, bytes.byteLength]) {
          read.push(...reader.push(bytes.subarray(at, at + cut)));
          at = Math.min(at + cut, bytes.byteLength);
        }
        expect(read.map((one) => ({ header: one.header, payload: [...one.payload] }))).toEqual(
          frames.map((one) => ({
            header: JSON.parse(JSON.stringify(one.header)),
            payload: [...one.payload],
          })),
        );
      }),
    );
  });

  test('arbitrary bytes give frames or FrameError, and never wait for more than the bound', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
        const reader = new FrameReader();
        try {
          for (const chunk of chunks) reader.push(chunk);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
    );
    const huge = Buffer.alloc(8);
    huge.writeUInt32LE(0xffff_ffff, 0);
    expect(() => new FrameReader().push(huge)).toThrow(FrameError);
  });
});
